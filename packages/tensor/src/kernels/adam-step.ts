import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { shared } from './identity.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly value: TensorInfo, readonly firstMoment: TensorInfo, readonly secondMoment: TensorInfo, readonly gradient: TensorInfo }

/** What a step of Adam is told; `correction1` and `correction2` are one minus the powers of the betas. */
export interface AdamStepAttrs {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly correction1: number
  readonly correction2: number
  readonly epsilon: number
}

/**
 * One step of Adam for one variable, in one pass over the memory where tfjs makes fourteen. Results: the new value and both new moments.
 *
 * The value is a new tensor rather than the old one changed: XNNPACK and we ourselves keep things that were computed from a weight for as long as it
 * lives. Moments that are nobody else's are changed in place: a step of a variable takes as much memory as it does itself, not three times that.
 */
export const adamStep = defineKernel<Inputs, AdamStepAttrs, TensorInfo[]>('AdamStep', () => (backend, inputs, attrs) => {
  const { value, firstMoment, secondMoment, gradient } = inputs
  const changed = (moment: TensorInfo): TensorInfo => (backend.refCount(moment.dataId) > 1 ? allocate(backend, moment.shape) : shared(backend, moment))
  const results = [allocate(backend, value.shape), changed(firstMoment), changed(secondMoment)] as const
  const at = (tensor: TensorInfo) => addressOf(backend, tensor)
  simd(backend).adam(
    at(value), at(firstMoment), at(secondMoment), at(gradient), at(results[0]), at(results[1]), at(results[2]), util.sizeFromShape(value.shape),
    attrs.beta1, 1 - attrs.beta1, attrs.beta2, 1 - attrs.beta2, attrs.learningRate / attrs.correction1, attrs.correction2, attrs.epsilon,
  )
  return [...results]
})
