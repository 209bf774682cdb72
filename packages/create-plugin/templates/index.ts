import { definePlugin } from '@touchstone/core'
import { extension } from './my-method.js'

export default definePlugin({ name: 'touchstone-plugin-my-method', extensions: [extension] })
