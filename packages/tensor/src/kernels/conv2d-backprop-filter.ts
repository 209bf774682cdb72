import type { TensorInfo } from '@tensorflow/tfjs-core'
import { plainProduct } from './batch-mat-mul.js'
import { convolutionGeometry } from './convolution.js'
import type { ConvolutionAttrs, Geometry } from './convolution.js'
import { allocate, floats, release, withPart } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly dy: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly filterShape: [number, number, number, number] }

/** About how many output pixels are multiplied at once: few enough that both factors stay in the processor's cache. */
const pixelsAtOnce = 1024

/**
 * The gradient of a convolution with respect to its filter: `x` `[rows, height, width, channels]`, `dy` `[rows, outHeight, outWidth, outputs]`,
 * result of `filterShape` `[height, width, channels, outputs]`.
 *
 * tfjs's wasm backend has no such kernel, so it can neither train a convolutional network nor, because fused convolutions compute this gradient
 * whether it is wanted or not, take the input gradient of many. Here `x` is spread out, some lines of output at a time, into a matrix with
 * one line for each weight of one output, which XNNPACK multiplies with `dy`; the products are summed in double precision.
 */
export const conv2DBackpropFilter = defineKernel<Inputs, Attrs>('Conv2DBackpropFilter', (stock) => {
  const multiply = plainProduct(stock)
  return (backend, { x, dy }, attrs) => {
    const geometry = convolutionGeometry(x.shape, attrs.filterShape, { ...attrs, dilations: 1 }, false)
    const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = geometry
    const weights = filterHeight * filterWidth * inChannels
    const sums = new Float64Array(weights * outChannels)
    const lines = batchSize * outHeight
    const linesAtOnce = Math.min(lines, Math.max(1, Math.round(pixelsAtOnce / outWidth)))
    let spread: TensorInfo | undefined
    for (let line = 0; line < lines; line += linesAtOnce) {
      const count = Math.min(linesAtOnce, lines - line)
      const pixels = count * outWidth
      if (spread?.shape[1] !== pixels) {
        if (spread !== undefined) release(backend, spread)
        spread = allocate(backend, [weights, pixels])
      }
      spreadOut(floats(backend, x), floats(backend, spread), geometry, line, count)
      const left = spread
      const product = withPart(backend, dy, line * outWidth * outChannels, [pixels, outChannels], (right) => multiply(backend, left, right))
      const values = floats(backend, product)
      for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!
      release(backend, product)
    }
    if (spread !== undefined) release(backend, spread)
    const result = allocate(backend, attrs.filterShape)
    floats(backend, result).set(sums)
    return result
  }
})

/**
 * Writes, for each weight of one output, the input pixels that it meets.
 *
 * @param x - the input images
 * @param spread - takes `[filterHeight * filterWidth * channels, lineCount * outWidth]`
 * @param firstLine - first of the lines of output, counted through all images
 */
function spreadOut(x: Float32Array, spread: Float32Array, geometry: Geometry, firstLine: number, lineCount: number): void {
  const { filterHeight, filterWidth, inChannels, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = geometry
  const pixels = lineCount * outWidth
  const step = strideWidth * inChannels
  for (let line = 0; line < lineCount; line++) {
    const image = Math.floor((firstLine + line) / outHeight)
    const top = (firstLine + line) % outHeight * strideHeight - padInfo.top
    for (let rowTap = 0; rowTap < filterHeight; rowTap++) {
      const y = top + rowTap
      for (let columnTap = 0; columnTap < filterWidth; columnTap++) {
        const left = columnTap - padInfo.left
        // Output pixels from `start` to `end` meet a pixel of the input, the others its padding.
        const inside = y >= 0 && y < inHeight
        const start = inside ? Math.min(outWidth, Math.max(0, Math.ceil(-left / strideWidth))) : outWidth
        const end = inside ? Math.max(start, Math.min(outWidth, Math.ceil((inWidth - left) / strideWidth))) : outWidth
        const source = ((image * inHeight + y) * inWidth + left + start * strideWidth) * inChannels
        const target = (rowTap * filterWidth + columnTap) * inChannels * pixels + line * outWidth
        for (let channel = 0; channel < inChannels; channel++) {
          const begin = target + channel * pixels
          let from = source + channel
          for (let to = begin; to < begin + start; to++) spread[to] = 0
          for (let to = begin + start; to < begin + end; to++) {
            spread[to] = x[from]!
            from += step
          }
          for (let to = begin + end; to < begin + outWidth; to++) spread[to] = 0
        }
      }
    }
  }
}
