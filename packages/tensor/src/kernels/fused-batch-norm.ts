import type { TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel } from './kernel.js'

interface Inputs {
  readonly x: TensorInfo
  readonly mean: TensorInfo
  readonly variance: TensorInfo
  scale?: TensorInfo | undefined
  offset?: TensorInfo | undefined
}

/**
 * tfjs's own kernel, except that an absent scale or offset is taken off the list of inputs, where tfjs leaves it as `undefined`. The same list
 * goes onto the tape, and the backward pass would trip over it: no gradient of any network whose normalisation does not scale (Inception v3).
 */
export const fusedBatchNorm = defineKernel<Inputs, object>('FusedBatchNorm', (stock) => {
  const run = stock('FusedBatchNorm')
  return (backend, inputs, attrs) => {
    if (inputs.scale === undefined) delete inputs.scale
    if (inputs.offset === undefined) delete inputs.offset
    return run(backend, inputs, attrs)
  }
})
