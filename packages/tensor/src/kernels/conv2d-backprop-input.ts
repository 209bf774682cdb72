import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { convolutionGeometry, isPlain } from './convolution.js'
import type { ConvolutionAttrs } from './convolution.js'
import { addressOf, allocate, floats, release } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly dy: TensorInfo, readonly filter: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly inputShape: [number, number, number, number] }

/** About how many products are worked out before they are added up: few enough to stay in the processor's cache. */
const productsAtOnce = 2 ** 19

/**
 * The gradient of a convolution with respect to its input, which is the transposed convolution: `dy` `[rows, outHeight, outWidth, outputs]`,
 * `filter` `[height, width, channels, outputs]`, result of `inputShape`.
 *
 * tfjs's own kernel is a naive loop, 10 to 20 times slower than its convolution. Here `dy` is multiplied, some lines at a time, with the transposed
 * filter, which gives for each pixel of `dy` what it passes back through each tap; that is added to the pixels that the taps meet, in the order of the
 * pixels of `dy`. The same as a convolution of `dy` with the filter turned round is as fast only where the stride is 1 and the filter has been
 * prepared for it before.
 */
export const conv2DBackpropInput = defineKernel<Inputs, Attrs>('Conv2DBackpropInput', () => (backend, { dy, filter }, attrs) => {
  const { collectPixels, multiply, multiplyScratchBytes } = simd(backend)
  const geometry = convolutionGeometry(attrs.inputShape, filter.shape, { ...attrs, dilations: 1 }, false)
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
  const weights = filterHeight * filterWidth * inChannels
  const lines = batchSize * outHeight
  const plain = isPlain(geometry)
  const pixelsAtOnce = Math.min(512, Math.max(128, productsAtOnce / weights))
  const linesAtOnce = plain ? lines : Math.max(1, Math.min(lines, Math.round(pixelsAtOnce / Math.max(1, outWidth))))
  const dx = allocate(backend, attrs.inputShape)
  const products = allocate(backend, [plain ? 0 : linesAtOnce * outWidth, weights])
  const scratch = allocate(backend, [multiplyScratchBytes.value / Float32Array.BYTES_PER_ELEMENT])
  if (!plain) floats(backend, dx).fill(0)
  for (let line = 0; line < lines; line += linesAtOnce) {
    const count = Math.min(linesAtOnce, lines - line)
    const from = addressOf(backend, dy) + line * outWidth * outChannels * Float32Array.BYTES_PER_ELEMENT
    const to = addressOf(backend, plain ? dx : products)
    multiply(from, false, addressOf(backend, filter), true, to, count * outWidth, outChannels, weights, false, addressOf(backend, scratch))
    if (plain) continue
    collectPixels(
      to, addressOf(backend, dx), line, count, inHeight, inWidth, inChannels, outHeight, outWidth,
      filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left,
    )
  }
  release(backend, products, scratch)
  return dx
})
