import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly a: TensorInfo, readonly b: TensorInfo }
interface Attrs { readonly epsilon: number }

/** a / (b + epsilon sign(b)), with sign(0) = 1, value by value, of tensors of one shape: the division of layer-wise relevance propagation. */
export const stableQuotient = defineKernel<Inputs, Attrs>('StableQuotient', () => (backend, { a, b }, { epsilon }) => {
  const out = allocate(backend, a.shape)
  simd(backend).stableQuotient(addressOf(backend, a), addressOf(backend, b), addressOf(backend, out), util.sizeFromShape(a.shape), epsilon)
  return out
})
