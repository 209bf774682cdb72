import { mul, tensor, tidy } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate, floats } from './heap.js'
import { defineKernel, tensorOf } from './kernel.js'
import { poolGeometry, windows } from './max-pool-grad.js'
import type { PoolAttrs } from './max-pool-grad.js'

interface Inputs { readonly dy: TensorInfo, readonly input: TensorInfo }

/**
 * The gradient of average-pooling: `input` `[rows, height, width, channels]`, of which only the shape counts, `dy` of the pooled shape, result of the
 * input's shape. Each value of `dy` goes in equal parts to the pixels of its window.
 *
 * tfjs's own kernels, on wasm and on cpu, divide by the whole window also where part of it is padding, which average-pooling itself leaves out: with
 * padding 'same' the gradient is silently wrong at the border.
 */
export const avgPoolGrad = defineKernel<Inputs, PoolAttrs>('AvgPoolGrad', () => (backend, { dy, input }, attrs) => {
  const dx = allocate(backend, input.shape)
  floats(backend, dx).fill(0)
  simd(backend).averagePoolGradient(addressOf(backend, dy), addressOf(backend, dx), ...windows(poolGeometry(input.shape, attrs)))
  return dx
})

/** The same elsewhere: tfjs's own kernel, of values that make up for what it divides by. */
export const avgPoolGradCovered = defineKernel<Inputs, PoolAttrs>('AvgPoolGrad', (stock) => {
  const run = stock('AvgPoolGrad')
  return (backend, { dy, input }, attrs) => {
    const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = poolGeometry(input.shape, attrs)
    if (padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0) return run(backend, { dy, input }, attrs)
    const rows = covered(inHeight, outHeight, filterHeight, strideHeight, padInfo.top)
    const columns = covered(inWidth, outWidth, filterWidth, strideWidth, padInfo.left)
    return tidy(() => {
      const factors = tensor(rows.flatMap((row) => columns.map((column) => (filterHeight * filterWidth) / (row * column))), [outHeight, outWidth, 1])
      return tensorOf(run(backend, { dy: mul(tensorOf(dy), factors), input }, attrs))
    })
  }
})

/** How many values each window covers along an axis. */
function covered(inputs: number, outputs: number, window: number, stride: number, before: number): number[] {
  return Array.from({ length: outputs }, (_, at) => Math.min(inputs, at * stride - before + window) - Math.max(0, at * stride - before))
}
