import { conjugateGradients, dot } from '@touchstone/core'

/** Conjugate gradients end once the residual has shrunk so far. */
const tolerance = 1e-6

/**
 * Ridge regression of values on 0/1 columns, with an intercept that is not shrunk: argmin_w sum_j (v_j - v. - (z_j - z.) w)^2 + ridge ||w||^2, dots being means.
 * By conjugate gradients: O(rows x columns) a step.
 *
 * @param rows 0/1 vectors of one length
 */
export function ridgeRegression(rows: readonly Uint8Array[], values: ArrayLike<number>, ridge: number): Float64Array {
  const columns = rows[0]!.length
  const meanOf = new Float64Array(columns)
  for (const row of rows) for (let i = 0; i < columns; i++) meanOf[i]! += row[i]! / rows.length
  let mean = 0
  for (let j = 0; j < rows.length; j++) mean += values[j]! / rows.length
  /** (Z - z.)^T u */
  const transposed = (u: Float64Array): Float64Array => {
    const product = new Float64Array(columns)
    let sum = 0
    rows.forEach((row, j) => {
      sum += u[j]!
      for (let i = 0; i < columns; i++) if (row[i] === 1) product[i]! += u[j]!
    })
    return product.map((value, i) => value - sum * meanOf[i]!)
  }
  /** (Z - z.) w */
  const times = (w: Float64Array): Float64Array => {
    const centre = dot(w, meanOf)
    return Float64Array.from(rows, (row) => {
      let sum = -centre
      for (let i = 0; i < columns; i++) if (row[i] === 1) sum += w[i]!
      return sum
    })
  }
  const shrunk = (w: Float64Array): Float64Array => transposed(times(w)).map((value, i) => value + ridge * w[i]!)
  return conjugateGradients(shrunk, transposed(Float64Array.from(values, (value) => value - mean)), { tolerance, most: columns })
}
