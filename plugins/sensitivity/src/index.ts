import { definePlugin } from '@touchstone/core'
import { maxSensitivity, sensitivity } from './sensitivity.js'

export { maxSensitivity, sensitivity }

export default definePlugin({ name: '@touchstone/sensitivity', presets: [sensitivity, maxSensitivity] })
