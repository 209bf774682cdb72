import { conjugateGradients, dot } from '@touchstone/core'

/** Conjugate gradients end once the residual has shrunk so far. */
const tolerance = 1e-6

/**
 * Ridge regression of values on 0/1 columns, with an intercept that is not shrunk: argmin_w sum_j (v_j - v. - (z_j - z.) w)^2 + ridge ||w||^2, dots being means.
 * By conjugate gradients: O(ones) a step.
 *
 * @param rows the columns at which each 0/1 vector is 1
 */
export function ridgeRegression(rows: readonly Uint32Array[], columns: number, values: ArrayLike<number>, ridge: number): Float64Array {
  const meanOf = new Float64Array(columns)
  for (const row of rows) for (let at = 0; at < row.length; at++) meanOf[row[at]!]! += 1 / rows.length
  let mean = 0
  for (let j = 0; j < rows.length; j++) mean += values[j]! / rows.length
  /** (Z - z.)^T u */
  const transposed = (u: Float64Array): Float64Array => {
    const product = new Float64Array(columns)
    let sum = 0
    for (let j = 0; j < rows.length; j++) {
      const row = rows[j]!
      const value = u[j]!
      sum += value
      for (let at = 0; at < row.length; at++) product[row[at]!]! += value
    }
    return product.map((value, i) => value - sum * meanOf[i]!)
  }
  /** (Z - z.) w */
  const times = (w: Float64Array): Float64Array => {
    const products = new Float64Array(rows.length).fill(-dot(w, meanOf))
    for (let j = 0; j < rows.length; j++) {
      const row = rows[j]!
      let sum = 0
      for (let at = 0; at < row.length; at++) sum += w[row[at]!]!
      products[j]! += sum
    }
    return products
  }
  const shrunk = (w: Float64Array): Float64Array => transposed(times(w)).map((value, i) => value + ridge * w[i]!)
  return conjugateGradients(shrunk, transposed(Float64Array.from(values, (value) => value - mean)), { tolerance, most: columns })
}
