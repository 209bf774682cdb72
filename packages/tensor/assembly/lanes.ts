/** Four values or, at the end of an array, one and zeros. */
// @ts-ignore: decorator
@inline
export function read(from: usize, four: bool): v128 {
  return four ? v128.load(from) : v128.load32_zero(from)
}

/** Writes four values or, at the end of an array, the first. */
// @ts-ignore: decorator
@inline
export function write(to: usize, values: v128, four: bool): void {
  if (four) v128.store(to, values)
  else v128.store_lane<f32>(to, values, 0)
}
