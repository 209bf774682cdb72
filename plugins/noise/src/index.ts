import { definePlugin } from '@touchstone/core'
import { noise } from './noise.js'

export { noise, noisy, type NoiseOptions } from './noise.js'

export default definePlugin({ name: '@touchstone/noise', extensions: [noise] })
