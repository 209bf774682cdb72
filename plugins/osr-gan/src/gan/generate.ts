import type { Dataset, Randomness } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { dropoutMasks } from './dropout.js'
import { forwardStack, type Pass, type Stack } from './stack.js'
import { latent } from './widths.js'

/** Rows that are generated at once. */
const chunkRows = 64

/** Generated inputs before they have the shape of one, and what the way back needs. */
export interface Generated {
  readonly pass: Pass
  /** sigmoid of the last layer: where in the range a value lies. */
  readonly shares: tf.Tensor2D
  /** low + (high - low) shares, `[n, size]` */
  readonly inputs: tf.Tensor2D
}

/** G(z) = low + (high - low) sigmoid(stack(z)). */
export function generate(stack: Stack, z: tf.Tensor2D, range: Dataset['range'], masks?: readonly tf.Tensor2D[]): Generated {
  const pass = forwardStack(stack, z, masks)
  const shares = tf.sigmoid(pass.output)
  return { pass, shares, inputs: inRange(shares, range) }
}

/** low + (high - low) shares */
export function inRange<T extends tf.Tensor>(shares: T, { low, high }: Dataset['range']): T {
  return tf.add(tf.mul(shares, high - low), low)
}

/** The rows of a tensor, which is disposed of. */
export async function rowsOf(made: tf.Tensor, count: number): Promise<Float32Array[]> {
  try {
    const data = (await made.data()) as Float32Array
    const size = data.length / count
    return Array.from({ length: count }, (_, row) => data.slice(row * size, (row + 1) * size))
  } finally {
    made.dispose()
  }
}

/** Generated inputs number `from` to `to`, each by itself: number m is the same whatever others are asked for. */
export async function draws(stack: Stack, randomness: Randomness, purpose: string, from: number, to: number, range: Dataset['range'], dropout: number): Promise<Float32Array[]> {
  const inputs: Float32Array[] = []
  for (let at = from; at < to; at += chunkRows) {
    const rows = Math.min(chunkRows, to - at)
    const made = tf.tidy(() => {
      const z = Float32Array.from(perRow(rows, rows * latent, (row) => randomness.normals(`@touchstone/osr-gan ${purpose}`, at + row, latent)))
      const masks = dropout > 0 ? dropoutMasks(stack, rows, dropout, (count) => perRow(rows, count, (row) => randomness.uniforms(`@touchstone/osr-gan ${purpose} dropout`, at + row, count / rows))) : []
      return generate(stack, tf.tensor2d(z, [rows, latent]), range, masks).inputs
    })
    inputs.push(...(await rowsOf(made, rows)))
  }
  return inputs
}

/** Numbers of their own for every row, one row after the other. */
function perRow(rows: number, count: number, numbersOf: (row: number) => Float64Array): Float64Array {
  const all = new Float64Array(count)
  for (let row = 0; row < rows; row++) all.set(numbersOf(row), (row * count) / rows)
  return all
}
