import { backend_util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { ConvolutionAttrs } from './convolution.js'
import { allocate, floats } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly dy: TensorInfo, readonly input: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly filterSize: number | [number, number] }

/**
 * The gradient of max-pooling: `input` `[rows, height, width, channels]`, `dy` of the pooled shape, result of the input's shape. Each value of
 * `dy` goes to the largest value of its window; of several equal ones to the first, line by line.
 *
 * tfjs's own kernel starts its search for the maximum at the smallest positive number. A window without a positive value then has no maximum,
 * and its gradient is lost or lands on the tensor's first element: harmless after a ReLU, silently wrong before one.
 */
export const maxPoolGrad = defineKernel<Inputs, Attrs>('MaxPoolGrad', () => (backend, { dy, input }, attrs) => {
  const geometry = backend_util.computePool2DInfo(
    input.shape as [number, number, number, number], attrs.filterSize, attrs.strides, 1, attrs.pad, attrs.dimRoundingMode,
  )
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = geometry
  const { effectiveFilterHeight, effectiveFilterWidth } = geometry
  const dx = allocate(backend, input.shape)
  const target = floats(backend, dx).fill(0)
  const values = floats(backend, input)
  const gradient = floats(backend, dy)
  const lineLength = inWidth * inChannels
  let from = 0
  for (let line = 0; line < batchSize * outHeight; line++) {
    const image = Math.floor(line / outHeight)
    const top = line % outHeight * strideHeight - padInfo.top
    const firstLine = image * inHeight + Math.max(0, top)
    const endLine = image * inHeight + Math.min(inHeight, top + effectiveFilterHeight)
    for (let outX = 0; outX < outWidth; outX++) {
      const left = outX * strideWidth - padInfo.left
      const corner = firstLine * lineLength + Math.max(0, left) * inChannels
      const width = (Math.min(inWidth, left + effectiveFilterWidth) - Math.max(0, left)) * inChannels
      const end = corner + (endLine - firstLine) * lineLength
      for (let channel = 0; channel < inChannels; channel++) {
        let place = corner + channel
        for (let start = corner + channel; start < end; start += lineLength) {
          for (let at = start; at < start + width; at += inChannels) {
            // `if (values[at] > values[place]) place = at`, without a branch that the processor would guess wrong every other time.
            place ^= (place ^ at) & -Number(values[at]! > values[place]!)
          }
        }
        target[place]! += gradient[from++]!
      }
    }
  }
  return dx
})
