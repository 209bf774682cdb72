import { createRandomness, sizeOf } from '@touchstone/core'
import type { Weight } from '@touchstone/network'
import { tf } from '@touchstone/tensor'

/** Normal numbers, the same in every run. */
export const normals = (shape: readonly number[], purpose: string, seed = 0): Float32Array => Float32Array.from(createRandomness(seed, 'graphs').normals(purpose, 0, sizeOf(shape)))

/** The same as a weight. */
export const weight = (shape: readonly number[], purpose: string, seed = 0): Weight => ({ shape, data: normals(shape, purpose, seed) })

/** The same as a tensor. */
export const tensor = (shape: readonly number[], purpose: string, seed = 0): tf.Tensor => tf.tensor(normals(shape, purpose, seed), [...shape])

/** A weight by its rows. */
export const matrix = (kernel: readonly (readonly number[])[]): Weight => ({ shape: [kernel.length, kernel[0]!.length], data: Float32Array.from(kernel.flat()) })

export const vector = (values: readonly number[]): Weight => ({ shape: [values.length], data: Float32Array.from(values) })

/** The values of a tensor, flat. */
export const read = (t: tf.Tensor): number[] => [...(t.dataSync() as Float32Array)]

/** The largest difference, relative to the largest of the expected values. */
export function distance(actual: readonly number[], expected: readonly number[]): number {
  const largest = Math.max(1e-6, ...expected.map(Math.abs))
  return actual.length === expected.length ? Math.max(...expected.map((v, i) => Math.abs(v - actual[i]!))) / largest : Infinity
}

export const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
