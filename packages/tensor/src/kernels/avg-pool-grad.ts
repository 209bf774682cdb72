import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate, floats } from './heap.js'
import { defineKernel } from './kernel.js'
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

/** The part of tfjs's cpu backend that this file builds on. */
interface CpuBackend {
  readonly data: { get: (dataId: TensorInfo['dataId']) => { readonly values: Float32Array } }
  makeTensorInfo: (shape: number[], dtype: 'float32', values: Float32Array) => TensorInfo
  disposeIntermediateTensorInfo: (tensor: TensorInfo) => void
}

/** The same on cpu: tfjs's own kernel, of values that make up for what it divides by. */
export const avgPoolGradOnCpu = defineKernel<Inputs, PoolAttrs>('AvgPoolGrad', (stock) => {
  const run = stock('AvgPoolGrad')
  return (backend, { dy, input }, attrs) => {
    const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = poolGeometry(input.shape, attrs)
    const rows = covered(inHeight, outHeight, filterHeight, strideHeight, padInfo.top)
    const columns = covered(inWidth, outWidth, filterWidth, strideWidth, padInfo.left)
    const cpu = backend as unknown as CpuBackend
    const values = cpu.data.get(dy.dataId).values.map((value, i) => {
      const place = Math.floor(i / inChannels)
      const count = rows[Math.floor(place / outWidth) % outHeight]! * columns[place % outWidth]!
      return (value * filterHeight * filterWidth) / count
    })
    const scaled = cpu.makeTensorInfo(dy.shape, 'float32', values)
    const dx = run(backend, { dy: scaled, input }, attrs)
    cpu.disposeIntermediateTensorInfo(scaled)
    return dx
  }
})

/** How many values each window covers along an axis. */
function covered(inputs: number, outputs: number, window: number, stride: number, before: number): number[] {
  return Array.from({ length: outputs }, (_, at) => Math.min(inputs, at * stride - before + window) - Math.max(0, at * stride - before))
}
