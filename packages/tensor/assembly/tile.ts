/** Rows and columns of the part of a product that is held in registers. */
export const tileRows: i32 = 4
export const tileColumns: i32 = 8

/**
 * Adds to a tile of the product, in order, the products along the inner dimension, each rounded to float32.
 *
 * @param a - packed: for each inner index, the values of the tile's 4 rows
 * @param b - packed: for each inner index, the values of the tile's 8 columns
 * @param c - the tile's first value
 * @param stride - bytes from one row of the tile to the next
 * @param inner - how many products
 * @param fresh - whether the sums begin at zero rather than at what `c` holds
 */
export function multiplyTile(a: usize, b: usize, c: usize, stride: usize, inner: i32, fresh: bool): void {
  const c1 = c + stride
  const c2 = c1 + stride
  const c3 = c2 + stride
  let s00 = f32x4.splat(0)
  let s01 = s00
  let s10 = s00
  let s11 = s00
  let s20 = s00
  let s21 = s00
  let s30 = s00
  let s31 = s00
  if (!fresh) {
    s00 = v128.load(c)
    s01 = v128.load(c, 16)
    s10 = v128.load(c1)
    s11 = v128.load(c1, 16)
    s20 = v128.load(c2)
    s21 = v128.load(c2, 16)
    s30 = v128.load(c3)
    s31 = v128.load(c3, 16)
  }
  for (let end = a + (<usize>inner << 4); a < end; a += 16, b += 32) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let x = v128.load32_splat(a)
    s00 = f32x4.add(s00, f32x4.mul(x, b0))
    s01 = f32x4.add(s01, f32x4.mul(x, b1))
    x = v128.load32_splat(a, 4)
    s10 = f32x4.add(s10, f32x4.mul(x, b0))
    s11 = f32x4.add(s11, f32x4.mul(x, b1))
    x = v128.load32_splat(a, 8)
    s20 = f32x4.add(s20, f32x4.mul(x, b0))
    s21 = f32x4.add(s21, f32x4.mul(x, b1))
    x = v128.load32_splat(a, 12)
    s30 = f32x4.add(s30, f32x4.mul(x, b0))
    s31 = f32x4.add(s31, f32x4.mul(x, b1))
  }
  v128.store(c, s00)
  v128.store(c, s01, 16)
  v128.store(c1, s10)
  v128.store(c1, s11, 16)
  v128.store(c2, s20)
  v128.store(c2, s21, 16)
  v128.store(c3, s30)
  v128.store(c3, s31, 16)
}
