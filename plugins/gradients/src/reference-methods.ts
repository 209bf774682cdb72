import { defineReferenceMethod } from '@touchstone/core'
import { attributerFromMap, explainByTensors, valueAndGradient, type Network, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { deconvolutionMap } from './deconvolution.js'
import { layerGradCam } from './grad-cam.js'
import { gradientMap } from './gradient.js'
import { guidedBackpropMap, guidedRules } from './guided-backprop.js'
import { inputXGradientMap } from './input-x-gradient.js'
import { resize } from './resize.js'
import { saliencyMap } from './saliency.js'

/** How this package answers reference cases. */
export const referenceMethods = [
  ofMap('saliency', 'the size of the gradient, |dF / dx|', saliencyMap),
  ofMap('gradient', 'the gradient, dF / dx', gradientMap),
  ofMap('input-x-gradient', 'the input times the gradient, x dF / dx', inputXGradientMap),
  ofMap('guided-backprop', 'the gradient, where both the signal and the input of each ReLU are positive', guidedBackpropMap),
  ofMap('deconvolution', 'the gradient, with ReLU on the signal in place of its own derivative', deconvolutionMap),
  defineReferenceMethod('grad-cam', 'Grad-CAM in the size of its layer; params: layer, keep_channels, relu', (problem) => {
    const options = { layer: problem.params.text('layer'), keepChannels: problem.params.boolean('keep_channels', false), relu: problem.params.boolean('relu', false) }
    return explainByTensors(problem, (network, x, targets) => [layerGradCam(network, x, targets, options)])
  }),
  defineReferenceMethod('guided-grad-cam', 'guided backpropagation times Grad-CAM in the size of each input; params: layer, interpolation', (problem) => {
    const layer = problem.params.text('layer')
    const interpolation = problem.params.oneOf('interpolation', ['nearest', 'bilinear'], 'nearest')
    return explainByTensors(problem, (network, x, targets) => {
      const cam = layerGradCam(network, x, targets, { layer, relu: true })
      const guided = valueAndGradient(network, x, targets, { rules: guidedRules }).gradients
      const sizeOfInput = (input: tf.Tensor) => (isImage(network, layer) ? tf.expandDims(resize(tf.squeeze<tf.Tensor3D>(cam, [3]), [input.shape[1]!, input.shape[2]!], interpolation), 3) : cam)
      return x.map((input, index) => tf.mul(sizeOfInput(input), guided[index]!))
    })
  }),
]

function ofMap(name: string, summary: string, map: TensorMap) {
  return defineReferenceMethod(name, summary, (problem) => problem.together(() => attributerFromMap(map)))
}

function isImage({ graph }: Network, layer: string): boolean {
  return graph.placeOf(layer).shape.length === 3
}
