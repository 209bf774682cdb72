import {
  add, avgPool, backend_util, cast, engine, equal, getBackend, getKernel, maximum, mul, onesLike, pad, stridedSlice, sub, zerosLike,
} from '#tfjs/core'
import type { GradConfig, KernelConfig, NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { PoolAttrs } from '../kernels/max-pool-grad.js'

type Numbers4 = [number, number, number, number]

/** Gradients of the gradients of pooling, and of those. tfjs has none. */
export const pooling: readonly GradConfig[] = [
  {
    kernelName: 'AvgPoolGrad',
    inputsToSave: ['input'],
    gradFunc: (ddx, [input], attrs) => {
      const { filterSize, strides, pad: padding, dimRoundingMode } = attrs as unknown as PoolAttrs
      return {
        dy: () => avgPool(ddx as Tensor4D, filterSize, strides as [number, number], padding as 'same', dimRoundingMode),
        input: () => zerosLike(input!),
      }
    },
  },
  {
    kernelName: 'MaxPoolGrad',
    inputsToSave: ['input', 'output'],
    gradFunc: (ddx, [input, output], attrs) => ({
      dy: () => largestOf(ddx as Tensor4D, input as Tensor4D, attrs as unknown as PoolAttrs),
      input: () => zerosLike(input!),
      output: () => zerosLike(output!),
    }),
  },
  {
    kernelName: 'MaxPoolGradGrad',
    inputsToSave: ['input'],
    gradFunc: (dy, [input], attrs) => ({
      // Our kernel has no use for the output, but its name on the tape.
      values: () => engine().runKernel('MaxPoolGrad', { dy: dy as Tensor, input: input!, output: dy as Tensor }, attrs),
      input: () => zerosLike(input!),
    }),
  },
]

/** For each window over `input`, the value of `values` where the largest value stands: by our kernel or, where there is none, put together. */
function largestOf(values: Tensor4D, input: Tensor4D, attrs: PoolAttrs): Tensor4D {
  // The type leaves out that there may be none.
  const kernel = getKernel('MaxPoolGradGrad', getBackend()) as KernelConfig | undefined
  return kernel === undefined ? largestByMasks(values, input, attrs) : engine().runKernel('MaxPoolGradGrad', { values, input }, attrs as unknown as NamedAttrMap)
}

/** The same with operations that every backend has. */
function largestByMasks(values: Tensor4D, input: Tensor4D, { filterSize, strides, pad: padding, dimRoundingMode }: PoolAttrs): Tensor4D {
  const geometry = backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, padding, dimRoundingMode)
  const taps = tapsOf(input, geometry, -Infinity)
  const valueTaps = tapsOf(values, geometry, 0)
  const largest = taps.reduce<Tensor4D>((one, other) => maximum(one, other), taps[0]!)
  let free = onesLike(largest)
  let sum = zerosLike(largest)
  for (const [i, tap] of taps.entries()) {
    const chosen: Tensor4D = mul(free, cast(equal(tap, largest), 'float32'))
    free = sub(free, chosen)
    sum = add(sum, mul(chosen, valueTaps[i]!))
  }
  return sum
}

/** For each place of the window, the values that stand there in all windows. */
function tapsOf(images: Tensor4D, geometry: backend_util.Conv2DInfo, padding: number): Tensor4D[] {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo } = geometry
  const [endY, endX] = [(outHeight - 1) * strideHeight + 1, (outWidth - 1) * strideWidth + 1]
  const bottom = Math.max(0, endY - 1 + effectiveFilterHeight - inHeight - padInfo.top)
  const right = Math.max(0, endX - 1 + effectiveFilterWidth - inWidth - padInfo.left)
  const padded = pad(images, [[0, 0], [padInfo.top, bottom], [padInfo.left, right], [0, 0]], padding)
  const [rows, , , channels] = images.shape
  const taps: Tensor4D[] = []
  for (let y = 0; y < effectiveFilterHeight; y++) {
    for (let x = 0; x < effectiveFilterWidth; x++) {
      const end: Numbers4 = [rows, y + endY, x + endX, channels]
      const tap: Tensor = stridedSlice(padded, [0, y, x, 0], end, [1, strideHeight, strideWidth, 1])
      taps.push(tap as Tensor4D)
    }
  }
  return taps
}
