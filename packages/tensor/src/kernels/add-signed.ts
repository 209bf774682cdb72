import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly a: TensorInfo, readonly b: TensorInfo, readonly x: TensorInfo }

/** a + sign(x) b, value by value, of tensors of one shape. */
export const addSigned = defineKernel<Inputs, object>('AddSigned', () => (backend, { a, b, x }) => {
  const out = allocate(backend, a.shape)
  const at = (tensor: TensorInfo) => addressOf(backend, tensor)
  simd(backend).addSigned(at(a), at(b), at(x), at(out), util.sizeFromShape(a.shape))
  return out
})
