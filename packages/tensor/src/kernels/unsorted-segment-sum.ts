import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { floats, integers } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly segmentIds: TensorInfo }
interface Attrs { readonly numSegments: number }

/**
 * Sums slices of `x` `[count, ...]` by segment: slice `i` is added to `out[segmentIds[i]]`, in order. Slices whose segment is negative or not
 * below `numSegments` are left out. Result `[numSegments, ...]`.
 *
 * tfjs's wasm backend has no such kernel. It is the gradient of `gather`, and so of picking out a class's score.
 */
export const unsortedSegmentSum = defineKernel<Inputs, Attrs>('UnsortedSegmentSum', () => (backend, { x, segmentIds }, { numSegments }) => {
  const count = util.sizeFromShape(segmentIds.shape)
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)]
  const size = util.sizeFromShape(shape.slice(1))
  const sum = backend.makeOutput(shape, x.dtype)
  const read = x.dtype === 'int32' ? integers : floats
  const from = read(backend, x)
  const to = read(backend, sum).fill(0)
  const segments = integers(backend, segmentIds)
  for (let i = 0; i < count; i++) {
    const segment = segments[i]!
    if (segment < 0 || segment >= numSegments) continue
    for (let j = 0; j < size; j++) to[segment * size + j]! += from[i * size + j]!
  }
  return sum
})
