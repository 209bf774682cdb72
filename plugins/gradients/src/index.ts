import { definePlugin } from '@touchstone/core'
import { deconvolution } from './deconvolution.js'
import { gradCam } from './grad-cam.js'
import { gradient } from './gradient.js'
import { guidedBackprop } from './guided-backprop.js'
import { guidedGradCam } from './guided-grad-cam.js'
import { inputXGradient } from './input-x-gradient.js'
import { referenceMethods } from './reference-methods.js'
import { saliency } from './saliency.js'
import { smoothgradCaptum, smoothgradPair, smoothgradPaper } from './smoothgrad-presets.js'
import { smoothgrad } from './smoothgrad.js'

export { deconvolution, deconvolutionMap } from './deconvolution.js'
export { gradCam, gradCamMap, layerGradCam, type GradCamOptions, type LayerGradCamOptions } from './grad-cam.js'
export { gradient, gradientMap } from './gradient.js'
export { guidedBackprop, guidedBackpropMap } from './guided-backprop.js'
export { guidedGradCam, guidedGradCamMap } from './guided-grad-cam.js'
export { inputXGradient, inputXGradientMap } from './input-x-gradient.js'
export type { Interpolation } from './resize.js'
export { saliency, saliencyMap } from './saliency.js'
export { smoothgradCaptum, smoothgradPair, smoothgradPaper } from './smoothgrad-presets.js'
export { smoothgrad, smoothGradAttributer, type SmoothGradOptions, type SmoothGradVariant } from './smoothgrad.js'

/** Attribution by the gradient of the logit, plain, by other rules, at a layer, and averaged over noise. */
export default definePlugin({
  name: '@touchstone/gradients',
  extensions: [gradient, saliency, inputXGradient, guidedBackprop, deconvolution, gradCam, guidedGradCam, smoothgrad, ...referenceMethods],
  presets: [smoothgradPaper, smoothgradCaptum, smoothgradPair],
})
