import { UserError } from './errors.js'

/**
 * A batch of equally shaped arrays: the only array type in Touchstone's contracts.
 *
 * `shape[0]` is the number of rows, the rest is the shape of one row; `data` holds the rows one after the other, row-major.
 * The memory belongs to whoever made it: what receives rows never writes to them.
 */
export interface Rows {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** The number of values in an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** A view of row `index`; it shares memory with `rows`. */
export function rowAt(rows: Rows, index: number): Float32Array {
  const size = sizeOf(rows.shape.slice(1))
  return rows.data.subarray(index * size, (index + 1) * size)
}

/** Views of all rows. */
export function eachRow(rows: Rows): Float32Array[] {
  return Array.from({ length: rows.shape[0] ?? 0 }, (_, index) => rowAt(rows, index))
}

/**
 * One batch from single rows of shape `rowShape`, copied.
 * @throws UserError where a row has another size.
 */
export function stackRows(rows: readonly Float32Array[], rowShape: readonly number[]): Rows {
  const size = sizeOf(rowShape)
  const data = new Float32Array(rows.length * size)
  rows.forEach((row, index) => {
    if (row.length !== size) throw new UserError(`row ${index} has ${row.length} values, but shape [${rowShape.join(', ')}] wants ${size}`)
    data.set(row, index * size)
  })
  return { shape: [rows.length, ...rowShape], data }
}

/** A view of rows `from` (included) to `to` (left out). */
export function sliceRows(rows: Rows, from: number, to: number): Rows {
  const rowShape = rows.shape.slice(1)
  const size = sizeOf(rowShape)
  return { shape: [to - from, ...rowShape], data: rows.data.subarray(from * size, to * size) }
}

/** The same shape, length by length. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis])
}

/** Whether every value is a finite number. */
export function isFiniteArray(values: ArrayLike<number>): boolean {
  // v - v is 0, or NaN of what is not finite. Four sums side by side: an addition need not wait for the one before it, and none for a branch.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let index = 0
  for (; index + 3 < values.length; index += 4) {
    a += values[index]! - values[index]!
    b += values[index + 1]! - values[index + 1]!
    c += values[index + 2]! - values[index + 2]!
    d += values[index + 3]! - values[index + 3]!
  }
  for (; index < values.length; index++) a += values[index]! - values[index]!
  return a + b + c + d === 0
}

/** The index of the largest value, the first of several; -1 for none. */
export function argmax(values: ArrayLike<number>): number {
  let best = -1
  for (let index = 0; index < values.length; index++) if (best < 0 || values[index]! > values[best]!) best = index
  return best
}
