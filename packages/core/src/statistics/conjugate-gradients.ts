/**
 * v with A v = b for a symmetric positive definite A, by the method of conjugate gradients from v = 0.
 *
 * Source: Hestenes, Stiefel, "Methods of conjugate gradients for solving linear systems", 1952.
 *
 * @param times v to A v
 * @param tolerance ends once ||b - A v|| is at most this share of ||b||
 * @param most steps
 */
export function conjugateGradients(times: (v: Float64Array) => Float64Array, b: Float64Array, { tolerance, most }: { readonly tolerance: number; readonly most: number }): Float64Array {
  const v = new Float64Array(b.length)
  const residual = b.slice()
  const direction = b.slice()
  let square = dot(residual, residual)
  const enough = square * tolerance ** 2
  for (let step = 0; step < most && square > enough; step++) {
    const image = times(direction)
    const length = square / dot(direction, image)
    for (let i = 0; i < v.length; i++) {
      v[i]! += length * direction[i]!
      residual[i]! -= length * image[i]!
    }
    const before = square
    square = dot(residual, residual)
    for (let i = 0; i < v.length; i++) direction[i] = residual[i]! + (square / before) * direction[i]!
  }
  return v
}

/** sum_i a_i b_i. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
