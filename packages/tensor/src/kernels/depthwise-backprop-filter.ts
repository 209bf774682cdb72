import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { convolutionGeometry, dilatedWindows } from './convolution.js'
import type { ConvolutionAttrs, Geometry } from './convolution.js'
import { addressOf, allocate, floats, release } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly dy: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly filterShape: [number, number, number, number] }

/**
 * The gradient of a depthwise convolution with respect to its filter: `x` `[rows, height, width, channels]`, `dy` `[rows, outHeight, outWidth,
 * outputs]`, result of `filterShape` `[height, width, channels, outputs per channel]`. Dilated filters too.
 *
 * tfjs's wasm backend has no such kernel. The usual case (one output per channel) adds up line by line; the others are plain loops, summed in
 * double precision.
 */
export const depthwiseBackpropFilter = defineKernel<Inputs, Attrs>('DepthwiseConv2dNativeBackpropFilter', () => (backend, { x, dy }, attrs) => {
  const geometry = convolutionGeometry(x.shape, attrs.filterShape, attrs, true)
  const result = allocate(backend, attrs.filterShape)
  if (geometry.inChannels === geometry.outChannels) {
    const work = allocate(backend, [geometry.inChannels])
    floats(backend, result).fill(0)
    simd(backend).depthwiseFilterGradient(
      addressOf(backend, x), addressOf(backend, dy), addressOf(backend, result), addressOf(backend, work), ...dilatedWindows(geometry),
    )
    release(backend, work)
    return result
  }
  const target = floats(backend, result)
  const { filterHeight, filterWidth, outChannels } = geometry
  for (let rowTap = 0; rowTap < filterHeight; rowTap++) {
    for (let columnTap = 0; columnTap < filterWidth; columnTap++) {
      target.set(tapGradient(floats(backend, x), floats(backend, dy), geometry, rowTap, columnTap), (rowTap * filterWidth + columnTap) * outChannels)
    }
  }
  return result
})

/** The gradient of one tap's weights, one for each output. */
function tapGradient(x: Float32Array, dy: Float32Array, geometry: Geometry, rowTap: number, columnTap: number): Float64Array {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, strideHeight, strideWidth, padInfo } = geometry
  const perChannel = outChannels / inChannels
  const sums = new Float64Array(outChannels)
  for (let line = 0; line < geometry.batchSize * outHeight; line++) {
    const image = Math.floor(line / outHeight)
    const inputY = line % outHeight * strideHeight + rowTap * geometry.dilationHeight - padInfo.top
    if (inputY < 0 || inputY >= inHeight) continue
    for (let outX = 0; outX < outWidth; outX++) {
      const inputX = outX * strideWidth + columnTap * geometry.dilationWidth - padInfo.left
      if (inputX < 0 || inputX >= inWidth) continue
      let from = (line * outWidth + outX) * outChannels
      const pixel = ((image * inHeight + inputY) * inWidth + inputX) * inChannels
      let output = 0
      for (let channel = 0; channel < inChannels; channel++) {
        const value = x[pixel + channel]!
        for (const end = output + perChannel; output < end; output++) sums[output]! += dy[from++]! * value
      }
    }
  }
  return sums
}
