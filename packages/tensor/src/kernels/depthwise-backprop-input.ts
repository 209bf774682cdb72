import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { convolutionGeometry, dilatedWindows, explicitPads } from './convolution.js'
import type { ConvolutionAttrs, Geometry } from './convolution.js'
import { derived } from './derived.js'
import { addressOf, allocate, floats } from './heap.js'
import { defineKernel } from './kernel.js'
import type { WasmBackend } from './kernel.js'

interface Inputs { readonly dy: TensorInfo, readonly filter: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly inputShape: [number, number, number, number] }

/**
 * The gradient of a depthwise convolution with respect to its input: `dy` `[rows, outHeight, outWidth, outputs]`, `filter` `[height, width,
 * channels, outputs per channel]`, result of `inputShape`. Dilated filters too.
 *
 * tfjs's wasm backend has no such kernel, so there is no input gradient of any MobileNet. The usual case (stride 1, one output per channel)
 * is the depthwise convolution of `dy` with the filter turned round.
 */
export const depthwiseBackpropInput = defineKernel<Inputs, Attrs>('DepthwiseConv2dNativeBackpropInput', (stock) => {
  const convolve = stock('DepthwiseConv2dNative')
  return (backend, { dy, filter }, attrs) => {
    const geometry = convolutionGeometry(attrs.inputShape, filter.shape, attrs, true)
    const pads = turnedPads(geometry)
    if (pads !== undefined) {
      const turned = derived(backend, filter, 'turned', () => turnedFilter(backend, filter))
      const { dilationHeight, dilationWidth } = geometry
      return convolve(backend, { x: dy, filter: turned }, { strides: [1, 1], dilations: [dilationHeight, dilationWidth], pad: pads })
    }
    const dx = allocate(backend, attrs.inputShape)
    floats(backend, dx).fill(0)
    if (geometry.inChannels === geometry.outChannels) {
      simd(backend).depthwiseInputGradient(addressOf(backend, dy), addressOf(backend, filter), addressOf(backend, dx), ...dilatedWindows(geometry))
    } else {
      accumulate(floats(backend, dy), floats(backend, filter), floats(backend, dx), geometry)
    }
    return dx
  }
})

/** The pads with which the turned filter walks over `dy`; undefined where the gradient is not of that form. */
function turnedPads(geometry: Geometry): ReturnType<typeof explicitPads> | undefined {
  const { strideHeight, strideWidth, inChannels, outChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = geometry
  if (strideHeight !== 1 || strideWidth !== 1 || inChannels !== outChannels) return undefined
  const top = geometry.effectiveFilterHeight - 1 - padInfo.top
  const left = geometry.effectiveFilterWidth - 1 - padInfo.left
  const bottom = inHeight - outHeight + padInfo.top
  const right = inWidth - outWidth + padInfo.left
  return Math.min(top, left, bottom, right) < 0 ? undefined : explicitPads(top, bottom, left, right)
}

function turnedFilter(backend: WasmBackend, filter: TensorInfo): TensorInfo {
  const [height, width, channels] = filter.shape as [number, number, number]
  const result = allocate(backend, filter.shape)
  const from = floats(backend, filter)
  const to = floats(backend, result)
  const taps = height * width
  for (let tap = 0; tap < taps; tap++) to.set(from.subarray(tap * channels, (tap + 1) * channels), (taps - 1 - tap) * channels)
  return result
}

function accumulate(dy: Float32Array, filter: Float32Array, dx: Float32Array, geometry: Geometry): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, strideHeight, strideWidth, padInfo } = geometry
  const { filterHeight, filterWidth, dilationHeight, dilationWidth } = geometry
  const perChannel = outChannels / inChannels
  for (let line = 0; line < geometry.batchSize * outHeight; line++) {
    const image = Math.floor(line / outHeight)
    for (let rowTap = 0; rowTap < filterHeight; rowTap++) {
      const y = line % outHeight * strideHeight + rowTap * dilationHeight - padInfo.top
      if (y < 0 || y >= inHeight) continue
      for (let outX = 0; outX < outWidth; outX++) {
        const from = (line * outWidth + outX) * outChannels
        for (let columnTap = 0; columnTap < filterWidth; columnTap++) {
          const x = outX * strideWidth + columnTap * dilationWidth - padInfo.left
          if (x < 0 || x >= inWidth) continue
          const to = ((image * inHeight + y) * inWidth + x) * inChannels
          const weights = (rowTap * filterWidth + columnTap) * outChannels
          for (let channel = 0; channel < inChannels; channel++) {
            let sum = 0
            for (let output = channel * perChannel; output < (channel + 1) * perChannel; output++) sum += dy[from + output]! * filter[weights + output]!
            dx[to + channel]! += sum
          }
        }
      }
    }
  }
}
