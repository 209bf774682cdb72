import { definePlugin } from '@touchstone/core'
import { extension } from './rise.js'

export default definePlugin({ name: 'touchstone-plugin-rise', extensions: [extension] })
