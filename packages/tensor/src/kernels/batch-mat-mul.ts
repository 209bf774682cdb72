import { broadcast_util, util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate, floats, release } from './heap.js'
import { defineKernel } from './kernel.js'
import type { WasmBackend } from './kernel.js'

interface Inputs { readonly a: TensorInfo, readonly b: TensorInfo }
interface Attrs { readonly transposeA: boolean, readonly transposeB: boolean }

/** For fewer rows than these it does not pay to pack the right factor. */
const fewRows = 8

/**
 * Products of matrices: `out[..., i, j] = sum over k of a[..., i, k] * b[..., k, j]`, either factor optionally transposed, leading axes
 * broadcast.
 *
 * tfjs's own kernel uses XNNPACK only for one product of matrices as they are. Everything else, and so every gradient of a dense layer,
 * runs through a naive loop that is 10 to 40 times slower; and where both factors have leading axes to broadcast, the result is wrong. XNNPACK
 * also keeps a packed copy of its right factor, which doubles the memory of weights and is lost on weights that training changes with every step.
 *
 * Each value of the result is the sum of its products in the order of the inner dimension, rounded to float32 at every step. So a row comes out
 * the same to the last bit whatever other rows `a` has, and whichever way was taken.
 */
export const batchMatMul = defineKernel<Inputs, Attrs>('BatchMatMul', (stock) => {
  const run = stock('BatchMatMul')
  return (backend, { a, b }, attrs) => {
    const { transposeA, transposeB } = attrs
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return run(backend, { a, b }, attrs) // which says that it cannot
    const aMatrix = a.shape.slice(-2) as [number, number]
    const bMatrix = b.shape.slice(-2) as [number, number]
    const aBatch = a.shape.slice(0, -2)
    const bBatch = b.shape.slice(0, -2)
    const batch = broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch)
    const [rows, inner] = transposeA ? [aMatrix[1], aMatrix[0]] : aMatrix
    const [bInner, columns] = transposeB ? [bMatrix[1], bMatrix[0]] : bMatrix
    util.assert(inner === bInner, () => `matMul: the inner dimensions of ${a.shape.join('x')} and ${b.shape.join('x')} differ`)

    const outShape = [...batch, rows, columns]
    const count = util.sizeFromShape(batch)
    if (count * rows * columns === 0 || inner === 0) {
      const out = allocate(backend, outShape)
      floats(backend, out).fill(0)
      return out
    }
    if (util.sizeFromShape(bBatch) === 1 && !transposeA) {
      // One right factor for all: the left factors are one tall matrix.
      return products(backend, { a, b }, attrs, [count * rows, inner, columns], [[0, 0]], outShape)
    }
    const aIndex = broadcastIndices(aBatch, batch)
    const bIndex = broadcastIndices(bBatch, batch)
    const pairs = Array.from({ length: count }, (_, i) => [aIndex[i]!, bIndex[i]!] as const)
    return products(backend, { a, b }, attrs, [rows, inner, columns], pairs, outShape)
  }
})

/** The products of matrices `[rows, inner]` and `[inner, columns]`, which are given as pairs of indices into the factors. */
function products(
  backend: WasmBackend, { a, b }: Inputs, { transposeA, transposeB }: Attrs, [rows, inner, columns]: readonly [number, number, number],
  pairs: readonly (readonly [a: number, b: number])[], outShape: readonly number[],
): TensorInfo {
  const { multiply, multiplyFewRows, multiplyScratchBytes } = simd(backend)
  const out = allocate(backend, outShape)
  const scratch = allocate(backend, [multiplyScratchBytes.value / Float32Array.BYTES_PER_ELEMENT])
  const part = (tensor: TensorInfo, index: number, size: number) => addressOf(backend, tensor) + index * size * Float32Array.BYTES_PER_ELEMENT
  for (const [i, [aIndex, bIndex]] of pairs.entries()) {
    const [left, right, to] = [part(a, aIndex, rows * inner), part(b, bIndex, inner * columns), part(out, i, rows * columns)]
    if (rows < fewRows && !transposeA && !transposeB) multiplyFewRows(left, right, to, rows, inner, columns)
    else multiply(left, transposeA, right, transposeB, to, rows, inner, columns, false, addressOf(backend, scratch))
  }
  release(backend, scratch)
  return out
}

/** For each index into the broadcast leading axes, in order, the index into the leading axes of one factor. */
function broadcastIndices(own: readonly number[], all: readonly number[]): Int32Array {
  const padded = [...Array.from({ length: all.length - own.length }, () => 1), ...own]
  let indices = new Int32Array(1)
  for (const [axis, size] of all.entries()) {
    const next = new Int32Array(indices.length * size)
    for (let i = 0; i < next.length; i++) {
      const before = indices[Math.floor(i / size)]!
      next[i] = padded[axis] === 1 ? before : before * size + i % size
    }
    indices = next
  }
  return indices
}
