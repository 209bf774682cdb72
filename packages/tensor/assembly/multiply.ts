import { packLines } from './pack'
import { multiplyTile, tileColumns, tileRows } from './tile'

/** So many inner indices and rows are worked on at once that the packed rows stay in the second-level cache, packed columns in the first. */
const innerAtOnce: i32 = 256
const rowsAtOnce: i32 = 128

/** Bytes of working memory that {@link multiply} needs. */
export const multiplyScratchBytes: i32 = (rowsAtOnce * innerAtOnce + tileColumns * innerAtOnce + tileRows * tileColumns) << 2

/**
 * The product of two matrices, `c[i, j] = sum over k of a[i, k] * b[k, j]`, each summed in the order of `k` and rounded to float32 at every step,
 * so that a row's bits depend on nothing but that row and `b`.
 *
 * @param a - `[rows, inner]` or, if `aTransposed`, `[inner, rows]`
 * @param b - `[inner, columns]` or, if `bTransposed`, `[columns, inner]`
 * @param c - takes `[rows, columns]`
 * @param add - 0: `c` is overwritten; 1: the sums go on from what it holds
 * @param scratch - working memory of `multiplyScratchBytes`
 */
export function multiply(
  a: usize, aTransposed: bool, b: usize, bTransposed: bool, c: usize, rows: i32, inner: i32, columns: i32, add: bool, scratch: usize,
): void {
  const packedA = scratch
  const packedB = packedA + (<usize>(rowsAtOnce * innerAtOnce) << 2)
  const edge = packedB + (<usize>(tileColumns * innerAtOnce) << 2)
  const aStride = <usize>(aTransposed ? rows : inner) << 2
  const bStride = <usize>(bTransposed ? inner : columns) << 2
  const cStride = <usize>columns << 2
  for (let row = 0; row < rows; row += rowsAtOnce) {
    const rowCount = min(rowsAtOnce, rows - row)
    for (let k = 0; k < inner; k += innerAtOnce) {
      const count = min(innerAtOnce, inner - k)
      const fresh = k === 0 && !add
      for (let i = 0; i < rowCount; i += tileRows) {
        const from = aTransposed ? a + <usize>k * aStride + (<usize>(row + i) << 2) : a + <usize>(row + i) * aStride + (<usize>k << 2)
        packLines(from, aStride, aTransposed, packedA + (<usize>(i * count) << 2), min(tileRows, rowCount - i), tileRows, count)
      }
      for (let j = 0; j < columns; j += tileColumns) {
        const width = min(tileColumns, columns - j)
        const from = bTransposed ? b + <usize>j * bStride + (<usize>k << 2) : b + <usize>k * bStride + (<usize>j << 2)
        packLines(from, bStride, !bTransposed, packedB, width, tileColumns, count)
        for (let i = 0; i < rowCount; i += tileRows) {
          const height = min(tileRows, rowCount - i)
          const target = c + <usize>(row + i) * cStride + (<usize>j << 2)
          const left = packedA + (<usize>(i * count) << 2)
          if (height === tileRows && width === tileColumns) {
            multiplyTile(left, packedB, target, cStride, count, fresh)
          } else {
            // A tile at the border is worked out in full beside the matrix.
            if (!fresh) copyTile(target, cStride, edge, <usize>tileColumns << 2, height, width)
            multiplyTile(left, packedB, edge, <usize>tileColumns << 2, count, fresh)
            copyTile(edge, <usize>tileColumns << 2, target, cStride, height, width)
          }
        }
      }
    }
  }
}

function copyTile(from: usize, fromStride: usize, to: usize, toStride: usize, height: i32, width: i32): void {
  for (let i = 0; i < height; i++, from += fromStride, to += toStride) {
    for (let at: usize = 0; at < <usize>width << 2; at += 4) store<f32>(to + at, load<f32>(from + at))
  }
}
