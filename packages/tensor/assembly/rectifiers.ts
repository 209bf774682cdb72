import { read, write } from './lanes'

/** The leaky ReLU's factor of each value: 1 above 0, `alpha` elsewhere; what is not a number stays so. */
// @ts-ignore: decorator
@inline
function slope(x: v128, alpha: f32): v128 {
  const known = v128.bitselect(f32x4.splat(1), f32x4.splat(alpha), f32x4.gt(x, f32x4.splat(0)))
  return v128.bitselect(known, x, f32x4.eq(x, x))
}

/** `out = dy`, times `alpha` where x is not above 0. With x for `dy` that is the leaky ReLU itself. */
export function leakyReluGradient(dy: usize, x: usize, out: usize, count: i32, alpha: f32): void {
  const end = <usize>count << 2
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    write(out + at, f32x4.mul(read(dy + at, four), slope(read(x + at, four), alpha)), four)
    at += four ? 16 : 4
  }
}
