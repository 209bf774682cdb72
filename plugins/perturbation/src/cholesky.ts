import { breathe } from '@touchstone/core'

/**
 * The Cholesky factor L of a symmetric positive definite matrix, A = L L^T, in place: only the lower triangle of the row-major `a` is read and
 * written.
 */
export async function factorise(a: Float64Array, n: number, signal: AbortSignal | undefined): Promise<void> {
  for (let i = 0; i < n; i++) {
    await breathe(signal)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!
    }
  }
}

/** A^-1 b, from the factor of A. */
export function solve(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length
  const x = b.slice()
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * n + k]! * x[k]!
    x[i]! /= factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= factor[k * n + i]! * x[k]!
    x[i]! /= factor[i * n + i]!
  }
  return x
}
