import { fill, less, tidy, where } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel, tensorOf } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly segmentIds: TensorInfo }

/** tfjs's own kernel, except that slices whose segment is too large are left out as negative ones are: libtensorflow fails on them, and webgpu adds them elsewhere. */
export const segmentsWithinRange = defineKernel<Inputs, { readonly numSegments: number }>('UnsortedSegmentSum', (stock) => {
  const run = stock('UnsortedSegmentSum')
  return (backend, { x, segmentIds }, attrs) => tidy(() => {
    const ids = tensorOf(segmentIds)
    return tensorOf(run(backend, { x, segmentIds: where(less(ids, attrs.numSegments), ids, fill(ids.shape, -1, 'int32')) }, attrs))
  })
})
