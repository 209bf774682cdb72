import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { convolutionGeometry, isPlain } from './convolution.js'
import type { ConvolutionAttrs } from './convolution.js'
import { addressOf, allocate, floats, release } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly dy: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly filterShape: [number, number, number, number] }

/** About how many output pixels are multiplied at once: few enough that both factors stay in the processor's cache. */
const pixelsAtOnce = 512

/**
 * The gradient of a convolution with respect to its filter: `x` `[rows, height, width, channels]`, `dy` `[rows, outHeight, outWidth, outputs]`,
 * result of `filterShape` `[height, width, channels, outputs]`.
 *
 * tfjs's wasm backend has no such kernel, so it can neither train a convolutional network nor, because fused convolutions compute this gradient
 * whether it is wanted or not, take the input gradient of many. Here `x` is spread out, some lines of output at a time, into a matrix with one
 * line for each output pixel, which is multiplied, transposed, with `dy`. The products of each part are summed by themselves before they join
 * the rest, which keeps the rounding errors of long sums small.
 */
export const conv2DBackpropFilter = defineKernel<Inputs, Attrs>('Conv2DBackpropFilter', () => (backend, { x, dy }, attrs) => {
  const { addTo, multiply, multiplyScratchBytes, spreadPixels } = simd(backend)
  const geometry = convolutionGeometry(x.shape, attrs.filterShape, { ...attrs, dilations: 1 }, false)
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
  const weights = filterHeight * filterWidth * inChannels
  const lines = batchSize * outHeight
  const linesAtOnce = Math.max(1, Math.min(lines, Math.round(pixelsAtOnce / Math.max(1, outWidth))))
  const plain = isPlain(geometry)
  const result = allocate(backend, attrs.filterShape)
  const part = allocate(backend, attrs.filterShape)
  const spread = allocate(backend, [plain ? 0 : linesAtOnce * outWidth, weights])
  const scratch = allocate(backend, [multiplyScratchBytes.value / Float32Array.BYTES_PER_ELEMENT])
  floats(backend, result).fill(0)
  for (let line = 0; line < lines; line += linesAtOnce) {
    const count = Math.min(linesAtOnce, lines - line)
    const at = (tensor: TensorInfo, perPixel: number) => addressOf(backend, tensor) + line * outWidth * perPixel * Float32Array.BYTES_PER_ELEMENT
    if (!plain) {
      spreadPixels(
        addressOf(backend, x), addressOf(backend, spread), line, count, inHeight, inWidth, inChannels, outHeight, outWidth,
        filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left,
      )
    }
    const left = plain ? at(x, inChannels) : addressOf(backend, spread)
    multiply(
      left, true, at(dy, outChannels), false, addressOf(backend, part), weights, count * outWidth, outChannels, false, addressOf(backend, scratch),
    )
    addTo(addressOf(backend, result), addressOf(backend, part), util.sizeFromShape(attrs.filterShape))
  }
  release(backend, part, spread, scratch)
  return result
})
