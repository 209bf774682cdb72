import { defineExtension } from '@touchstone/core'
import { attributerFromMap, backward, forward, targetSeed, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { gradCamOptions, spatialLayer, upsampledCam, type GradCamOptions } from './grad-cam.js'
import { guidedRules } from './guided-backprop.js'

/** Grad-CAM times guided backpropagation, from one pass forward and two back. */
export const guidedGradCamMap =
  (options: GradCamOptions): TensorMap =>
  (network, x, targets) =>
    tf.tidy(() => {
      const activations = forward(network, x)
      const cam = upsampledCam(network, activations, targets, options)
      const guided = backward(network, activations, targetSeed(network, targets, x.shape[0]), { rules: guidedRules })[0]!
      return tf.mul(cam, guided)
    })

/**
 * Guided Grad-CAM: A(x) = L(x) G(x), value by value, with L the map of `grad-cam` in the size of the input and G that of `guided-backprop`. Signed,
 * in the shape of the input.
 *
 * Source: Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, "Grad-CAM", ICCV 2017, section 3.2.
 */
export const guidedGradCam = defineExtension({
  kind: 'attributer',
  name: 'guided-grad-cam',
  summary: 'Grad-CAM times guided backpropagation, value by value',
  citation: 'Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017, section 3.2',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  options: gradCamOptions,
  cost: () => ({ rows: 1 }),
  create: (options) => attributerFromMap(guidedGradCamMap(options), (network) => void spatialLayer(network, options.layer)),
})
