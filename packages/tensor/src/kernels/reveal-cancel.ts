import { util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly z: TensorInfo, readonly z0: TensorInfo, readonly total: TensorInfo, readonly signal: TensorInfo }
interface Attrs { readonly most: number, readonly rounding: number, readonly tiny: number }

/**
 * DeepLIFT's RevealCancel for a ReLU, cut at `most`, behind a linear layer that gives `z`, and `z0` for the baseline, and adds up `total` by size: a
 * quarter of the signal times the slopes over the positive and the negative part of z - z0, their sum and their difference. Made of other operations
 * it takes 45 passes over the memory.
 */
export const revealCancel = defineKernel<Inputs, Attrs, TensorInfo[]>('RevealCancel', () => (backend, { z, z0, total, signal }, { most, rounding, tiny }) => {
  const results = [allocate(backend, z.shape), allocate(backend, z.shape)] as const
  const at = (tensor: TensorInfo) => addressOf(backend, tensor)
  simd(backend).revealCancel(at(z), at(z0), at(total), at(signal), at(results[0]), at(results[1]), util.sizeFromShape(z.shape), most, rounding, tiny)
  return [...results]
})
