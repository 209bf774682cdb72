import { definePlugin } from '@touchstone/core'
import { deconvolution } from './deconvolution.js'
import { gradient } from './gradient.js'
import { guidedBackprop } from './guided-backprop.js'
import { inputXGradient } from './input-x-gradient.js'
import { saliency } from './saliency.js'

export { deconvolution, deconvolutionMap } from './deconvolution.js'
export { gradient, gradientMap } from './gradient.js'
export { guidedBackprop, guidedBackpropMap } from './guided-backprop.js'
export { inputXGradient, inputXGradientMap } from './input-x-gradient.js'
export { saliency, saliencyMap } from './saliency.js'

/** Attribution by the gradient of the logit, plain, by other rules, at a layer, and averaged over noise. */
export default definePlugin({
  name: '@touchstone/gradients',
  extensions: [gradient, saliency, inputXGradient, guidedBackprop, deconvolution],
})
