import { fill, less, tidy, where } from '#tfjs/core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly segmentIds: TensorInfo }

/** tfjs's own kernel, except that slices whose segment is too large are left out as negative ones are: libtensorflow fails on them, and webgpu adds them elsewhere. */
export const segmentsWithinRange = defineKernel<Inputs, { readonly numSegments: number }>('UnsortedSegmentSum', (stock) => {
  const run = stock('UnsortedSegmentSum')
  return (backend, { x, segmentIds }, attrs) => tidy(() => {
    const ids = segmentIds as Tensor
    return run(backend, { x, segmentIds: where(less(ids, attrs.numSegments), ids, fill(ids.shape, -1, 'int32')) }, attrs) as Tensor
  })
})
