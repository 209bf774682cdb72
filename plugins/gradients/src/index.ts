import { definePlugin } from '@touchstone/core'
import { inputXGradient } from './input-x-gradient.js'
import { saliency } from './saliency.js'

export { inputXGradient, inputXGradientMap } from './input-x-gradient.js'
export { saliency, saliencyMap } from './saliency.js'

/** Attribution by the plain gradient of the logit. */
export default definePlugin({ name: '@touchstone/gradients', extensions: [saliency, inputXGradient] })
