import { packLines, packWide } from './pack'
import { multiplyTile, tileColumns, tileRows } from './tile'

/** So many inner indices and rows are worked on at once that the packed rows stay in the second-level cache, packed columns in the first. */
const innerAtOnce: i32 = 256
const rowsAtOnce: i32 = 128
/** Packed columns, by contrast, are read from main memory, where neighbours come at little cost. */
const columnsAtOnce: i32 = 32

/** Bytes of working memory that {@link multiply} needs. */
export const multiplyScratchBytes: i32 = (rowsAtOnce * innerAtOnce + columnsAtOnce * innerAtOnce + tileRows * tileColumns) << 2

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
  const edge = packedB + (<usize>(columnsAtOnce * innerAtOnce) << 2)
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
        const tile = j % columnsAtOnce
        const panel = packedB + (<usize>(tile * count) << 2)
        if (bTransposed || columns - (j - tile) < columnsAtOnce) {
          const from = bTransposed ? b + <usize>j * bStride + (<usize>k << 2) : b + <usize>k * bStride + (<usize>j << 2)
          packLines(from, bStride, !bTransposed, panel, width, tileColumns, count)
        } else if (tile === 0) {
          packWide(b + <usize>k * bStride + (<usize>j << 2), bStride, panel, count)
        }
        for (let i = 0; i < rowCount; i += tileRows) {
          const height = min(tileRows, rowCount - i)
          const target = c + <usize>(row + i) * cStride + (<usize>j << 2)
          const left = packedA + (<usize>(i * count) << 2)
          if (height === tileRows && width === tileColumns) {
            multiplyTile(left, panel, target, cStride, count, fresh)
          } else {
            // A tile at the border is worked out in full beside the matrix.
            if (!fresh) copyTile(target, cStride, edge, <usize>tileColumns << 2, height, width)
            multiplyTile(left, panel, edge, <usize>tileColumns << 2, count, fresh)
            copyTile(edge, <usize>tileColumns << 2, target, cStride, height, width)
          }
        }
      }
    }
  }
}

/** So many inner indices are worked on while a line of the product passes through. */
const innerPerPass: i32 = 4

/**
 * The product of two matrices as they are, of few rows: reads `b` once, line by line, without packing it. The same bits as {@link multiply}'s.
 */
export function multiplyFewRows(a: usize, b: usize, c: usize, rows: i32, inner: i32, columns: i32): void {
  const line = <usize>columns << 2
  for (let k = 0; k < inner; k += innerPerPass, b += <usize>innerPerPass * line) {
    for (let row = 0; row < rows; row++) {
      const left = a + (<usize>(row * inner + k) << 2)
      const out = c + <usize>row * line
      if (k + innerPerPass <= inner) {
        addFourLines(left, b, out, line, k === 0)
      } else {
        for (let rest = 0; rest < inner - k; rest++) addLine(load<f32>(left + (<usize>rest << 2)), b + <usize>rest * line, out, line, k + rest === 0)
      }
    }
  }
}

function addFourLines(a: usize, b: usize, out: usize, line: usize, fresh: bool): void {
  const a0 = v128.load32_splat(a)
  const a1 = v128.load32_splat(a, 4)
  const a2 = v128.load32_splat(a, 8)
  const a3 = v128.load32_splat(a, 12)
  const b1 = b + line
  const b2 = b1 + line
  const b3 = b2 + line
  let at: usize = 0
  for (; at + 16 <= line; at += 16) {
    let sum = f32x4.splat(0)
    if (!fresh) sum = v128.load(out + at)
    sum = f32x4.add(sum, f32x4.mul(a0, v128.load(b + at)))
    sum = f32x4.add(sum, f32x4.mul(a1, v128.load(b1 + at)))
    sum = f32x4.add(sum, f32x4.mul(a2, v128.load(b2 + at)))
    sum = f32x4.add(sum, f32x4.mul(a3, v128.load(b3 + at)))
    v128.store(out + at, sum)
  }
  for (; at < line; at += 4) {
    let sum: f32 = fresh ? 0 : load<f32>(out + at)
    sum += load<f32>(a) * load<f32>(b + at)
    sum += load<f32>(a, 4) * load<f32>(b1 + at)
    sum += load<f32>(a, 8) * load<f32>(b2 + at)
    sum += load<f32>(a, 12) * load<f32>(b3 + at)
    store<f32>(out + at, sum)
  }
}

function addLine(factor: f32, b: usize, out: usize, line: usize, fresh: bool): void {
  for (let at: usize = 0; at < line; at += 4) store<f32>(out + at, (fresh ? 0 : load<f32>(out + at)) + factor * load<f32>(b + at))
}

function copyTile(from: usize, fromStride: usize, to: usize, toStride: usize, height: i32, width: i32): void {
  for (let i = 0; i < height; i++, from += fromStride, to += toStride) {
    for (let at: usize = 0; at < <usize>width << 2; at += 4) store<f32>(to + at, load<f32>(from + at))
  }
}
