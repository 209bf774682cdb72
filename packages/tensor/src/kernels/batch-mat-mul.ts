import { broadcast_util, util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats, release, reshaped, withPart } from './heap.js'
import { defineKernel } from './kernel.js'
import type { Kernel, StockKernels, WasmBackend } from './kernel.js'
import { transposed } from './transpose.js'

interface Inputs { readonly a: TensorInfo, readonly b: TensorInfo }
interface Attrs { readonly transposeA: boolean, readonly transposeB: boolean }

/**
 * Products of matrices: `out[..., i, j] = sum over k of a[..., i, k] * b[..., k, j]`, either factor optionally transposed, leading axes
 * broadcast.
 *
 * tfjs's own kernel uses XNNPACK only for one product of matrices as they are. Everything else, and so every gradient of a dense layer,
 * runs through a naive loop that is 10 to 40 times slower; and where both factors have leading axes to broadcast, the result is wrong.
 * Here every product goes through XNNPACK, transposed before if need be.
 *
 * Each value of the result is the sum of its products in the order of the inner dimension, rounded to float32 at every step. So a row comes out
 * the same to the last bit whatever other rows `a` has, and whichever way was taken.
 */
export const batchMatMul = defineKernel<Inputs, Attrs>('BatchMatMul', (stock) => {
  const run = stock('BatchMatMul')
  const multiply = matrixProduct(stock)
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
    const aSize = rows * inner
    const bSize = inner * columns
    const outSize = rows * columns
    const count = util.sizeFromShape(batch)
    if (count * outSize === 0 || inner === 0) {
      const out = allocate(backend, outShape)
      floats(backend, out).fill(0)
      return out
    }
    if (util.sizeFromShape(bBatch) === 1 && (count === 1 || !transposeA)) {
      // One right factor for all: the left factors are one tall matrix.
      const tall = transposeA ? aMatrix : [count * rows, inner]
      return reshaped(multiply(backend, { a: reshaped(a, tall), b: reshaped(b, bMatrix) }, attrs), outShape)
    }
    const out = allocate(backend, outShape)
    const aIndex = broadcastIndices(aBatch, batch)
    const bIndex = broadcastIndices(bBatch, batch)
    for (let i = 0; i < count; i++) {
      const product = withPart(backend, a, aIndex[i]! * aSize, aMatrix, (aPart) =>
        withPart(backend, b, bIndex[i]! * bSize, bMatrix, (bPart) => multiply(backend, { a: aPart, b: bPart }, attrs)))
      floats(backend, out).set(floats(backend, product), i * outSize)
      release(backend, product)
    }
    return out
  }
})

/**
 * The product of two matrices `[rows, inner]` and `[inner, columns]`, each optionally given transposed. XNNPACK takes the right factor as it is
 * and repacks it, so there are two ways to `a * transpose(b)`: to transpose `b`, or to compute `transpose(b * transpose(a))`.
 */
function matrixProduct(stock: StockKernels): Kernel<Inputs, Attrs> {
  const multiply = plainProduct(stock)
  return (backend, { a, b }, { transposeA, transposeB }) => {
    if (!transposeB) {
      if (!transposeA) return multiply(backend, a, b)
      const left = transposed(backend, a)
      const product = multiply(backend, left, b)
      release(backend, left)
      return product
    }
    const [columns, inner] = b.shape as [number, number]
    const rows = transposeA ? a.shape[1]! : a.shape[0]!
    // Both ways give the same bits; this one moves the values of `a` and of the result, the other those of `b`.
    if (rows * (inner + columns) <= columns * inner) {
      const right = transposeA ? a : transposed(backend, a)
      const turned = multiply(backend, b, right)
      if (right !== a) release(backend, right)
      const product = transposed(backend, turned)
      release(backend, turned)
      return product
    }
    const left = transposeA ? transposed(backend, a) : a
    const right = transposed(backend, b)
    const product = multiply(backend, left, right)
    release(backend, right)
    if (left !== a) release(backend, left)
    return product
  }
}

/** The product of two matrices as they are, by tfjs's own kernel (XNNPACK). */
export function plainProduct(stock: StockKernels): (backend: WasmBackend, a: TensorInfo, b: TensorInfo) => TensorInfo {
  const run = stock('BatchMatMul')
  return (backend, a, b) => {
    const product = run(backend, { a: reshaped(a, [1, ...a.shape]), b: reshaped(b, [1, ...b.shape]) }, { transposeA: false, transposeB: false })
    return reshaped(product, [a.shape[0]!, b.shape[1]!])
  }
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
