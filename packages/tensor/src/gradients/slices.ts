import {
  cumsum, expandDims, gatherND, pad, reshape, reverse, scatterND, slice, slice_util, zeros,
} from '#tfjs/core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'

/** Gradients of picking out values, and of running sums, where tfjs's are absent or fail. */
export const slices: readonly GradConfig[] = [
  {
    // tfjs's own fails unless it runs along the last axis.
    kernelName: 'Cumsum',
    gradFunc: (dy, _, attrs) => {
      const { axis, exclusive, reverse: backwards } = attrs as unknown as { axis: number, exclusive: boolean, reverse: boolean }
      return { x: () => cumsum(dy as Tensor, axis, exclusive, !backwards) }
    },
  },
  {
    kernelName: 'StridedSlice',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({ x: () => spreadSlice(dy as Tensor, x!.shape, attrs as unknown as StridedSliceAttrs) }),
  },
  {
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy, [params, indices]) => ({
      params: () => scatterND(indices!, dy as Tensor, params!.shape),
      indices: () => zeros(indices!.shape),
    }),
  },
  {
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (dy, [indices]) => ({
      updates: () => gatherND(dy as Tensor, indices!),
      indices: () => zeros(indices!.shape),
    }),
  },
]

interface StridedSliceAttrs {
  readonly begin: number[]
  readonly end: number[]
  readonly strides: number[]
  readonly beginMask: number
  readonly endMask: number
  readonly ellipsisMask: number
  readonly newAxisMask: number
  readonly shrinkAxisMask: number
}

/** Puts the values of a strided slice back in their places, among zeros. */
function spreadSlice(dy: Tensor, shape: number[], attrs: StridedSliceAttrs): Tensor {
  const { begin, end, strides } = slice_util.sliceInfo(
    shape, attrs.begin, attrs.end, attrs.strides, attrs.beginMask, attrs.endMask, attrs.ellipsisMask, attrs.newAxisMask, attrs.shrinkAxisMask,
  )
  const counts = slice_util.computeOutShape(begin, end, strides)
  let spread = reshape(dy, counts)
  for (const [axis, size] of shape.entries()) {
    const [stride, count] = [strides[axis]!, counts[axis]!]
    const first = stride > 0 ? begin[axis]! : begin[axis]! + (count - 1) * stride
    if (count === 0) return zeros(shape)
    if (stride < 0) spread = reverse(spread, axis)
    spread = spreadAxis(spread, axis, Math.abs(stride), first, size)
  }
  return spread
}

/** Along one axis, puts zeros around and between the values, so that they stand at `first`, `first + stride`, ... of `size`. */
function spreadAxis(values: Tensor, axis: number, stride: number, first: number, size: number): Tensor {
  const around = (rank: number, at: number, before: number, after: number) =>
    Array.from({ length: rank }, (_, i): [number, number] => i === at ? [before, after] : [0, 0])
  let spread = values
  if (stride > 1) {
    const apart = pad(expandDims(values, axis + 1), around(values.rank + 1, axis + 1, 0, stride - 1))
    spread = reshape(apart, values.shape.map((length, i) => i === axis ? length * stride : length))
  }
  const excess = first + spread.shape[axis]! - size
  if (excess > 0) {
    spread = slice(spread, spread.shape.map(() => 0), spread.shape.map((length, i) => i === axis ? length - excess : length))
  }
  return pad(spread, around(values.rank, axis, first, Math.max(0, -excess)))
}
