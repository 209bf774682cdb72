import { defineExtension, option, UserError } from '@touchstone/core'
import { attributerFromMap, backward, forward, targetSeed, type Activations, type CheckedGraph, type Inputs, type Network, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { resize, type Interpolation } from './resize.js'

/** What Grad-CAM looks at. */
export interface GradCamOptions {
  /** The layer A, by name; the last convolution with more than one position, behind its activation, where it is left out. */
  readonly layer?: string | undefined
  /** From the layer's size to the input's. */
  readonly interpolation: Interpolation
}

/** What is done to the map of a layer. */
export interface LayerGradCamOptions {
  readonly layer: string
  /** Whether channels stay apart: a_k A_k instead of their sum. */
  readonly keepChannels?: boolean
  /** Whether negative values become 0. */
  readonly relu?: boolean
}

/**
 * Grad-CAM at a layer's own size: sum_k a_k A_k with a_k the mean over positions of dF_y / dA_k, channels last. `[n, h, w, 1]` for a layer of images,
 * `[n, 1]` for one without positions, where a_k is the slope itself.
 */
export function layerGradCam(network: Network, x: Inputs, targets: readonly number[] | null, options: LayerGradCamOptions): tf.Tensor {
  return tf.tidy(() => weightedSum(network, forward(network, x), targets, options))
}

/** The same from a pass forward that is there already. */
function weightedSum(network: Network, activations: Activations, targets: readonly number[] | null, { layer, keepChannels = false, relu = false }: LayerGradCamOptions): tf.Tensor {
  const features = activations.of(layer)
  const seed = targetSeed(network, targets, features.shape[0])
  const slopes = backward(network, activations, seed, { at: [layer] })[0]!
  const positions = features.shape.slice(1, -1).map((_, axis) => axis + 1)
  const weights = positions.length > 0 ? tf.mean(slopes, positions, true) : slopes
  const weighted = tf.mul(weights, features)
  const map = keepChannels ? weighted : tf.sum(weighted, -1, true)
  return relu ? tf.relu(map) : map
}

/** max(0, sum_k a_k A_k) in the input's size, `[n, height, width, 1]`, from a pass forward. */
export function upsampledCam(network: Network, activations: Activations, targets: readonly number[], { layer, interpolation }: GradCamOptions): tf.Tensor {
  const [height, width] = network.inputShape
  const map = weightedSum(network, activations, targets, { layer: spatialLayer(network, layer), relu: true })
  return tf.expandDims(resize(tf.squeeze<tf.Tensor3D>(map, [3]), [height!, width!], interpolation), 3)
}

/** The name of the layer to look at. @throws UserError for one that is not there, or has no positions, or where no convolution has, or inputs are no images. */
export function spatialLayer({ graph, inputShape }: Network, name: string | undefined): string {
  if (inputShape.length !== 3) throw new UserError(`Grad-CAM needs inputs that are images [height, width, channels], but this model's have shape [${inputShape.join(', ')}]: use another method, such as gradient`)
  const convolutions = graph.places.filter(({ node, shape }) => (node.op === 'conv2d' || node.op === 'depthwise-conv2d') && shape[0]! * shape[1]! > 1).map(({ node }) => node.id)
  if (name === undefined) {
    const last = convolutions.at(-1)
    if (last !== undefined) return activated(graph, last)
    throw new UserError('Grad-CAM needs a convolution with more than one position, and the model has none: name another layer of shape [height, width, channels], or use another method')
  }
  const { shape } = graph.placeOf(name)
  if (shape.length !== 3) {
    const others = convolutions.length > 0 ? `, such as ${convolutions.join(', ')}` : ''
    throw new UserError(`Grad-CAM needs a layer of shape [height, width, channels], but layer "${name}" has shape [${shape.join(', ')}]: name one with positions${others}`)
  }
  return name
}

/** The activation right behind a layer, a normalisation perhaps in between, that is all that reads it; the layer itself where there is none. */
function activated({ places }: CheckedGraph, layer: string): string {
  const readers = places.filter(({ node }) => node.inputs.includes(layer))
  const [only] = readers
  if (readers.length !== 1 || !only) return layer
  const { id, op } = only.node
  if (op === 'activation' || op === 'prelu') return id
  const behind = op === 'batch-norm' || op === 'affine' ? activated({ places } as CheckedGraph, id) : id
  return behind === id ? layer : behind
}

/** Options of Grad-CAM and of what is made with it. */
export const gradCamOptions = {
  layer: option(z.optional(z.string('expected the name of a layer')), { summary: 'the layer whose output is weighted, by name; the last convolution with more than one position, behind its activation, where nothing is given' }),
  interpolation: option(z.enum(['bilinear', 'nearest'], 'expected "bilinear" or "nearest"'), { summary: "from the layer's size to the input's", default: 'bilinear' }),
}

/** Grad-CAM as one tensor function: the same for all channels of a pixel. */
export const gradCamMap =
  (options: GradCamOptions): TensorMap =>
  (network, x, targets) =>
    tf.tidy(() => {
      const activations = forward(network, x)
      return tf.tile(upsampledCam(network, activations, targets, options), [1, 1, 1, x.shape[3] ?? 1])
    })

/**
 * Grad-CAM: L(x) = max(0, sum_k a_k A_k), a_k = mean over positions (u, v) of dF_y / dA_k[u, v], with A the output of a layer `[h, w, k]`. Resized to
 * the input's height and width and repeated for each of its channels, so not negative and in the shape of the input.
 *
 * Conventions: the logit, not the probability; by default the last convolution's output behind its activation, which is a layer of its own (`conv/relu`): where most of
 * what a convolution gives is negative, its own output makes maps that are 0 throughout; max(0, .) before resizing; no scaling to [0, 1].
 *
 * Source: Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, "Grad-CAM", ICCV 2017, equations 1 and 2.
 */
export const gradCam = defineExtension({
  kind: 'attributer',
  name: 'grad-cam',
  summary: 'Channels of a convolution, weighted by their mean gradients, cut at 0, in the size of the input',
  citation: 'Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017, equations 1 and 2',
  traits: { signed: false, needs: ['network'], differentiable: 'with surrogate' },
  options: gradCamOptions,
  cost: () => ({ rows: 1 }),
  create: (options) => attributerFromMap(gradCamMap(options), (network) => void spatialLayer(network, options.layer)),
})
