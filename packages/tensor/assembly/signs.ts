import { read, write } from './lanes'

/** `out = a / (b + epsilon)`, with -epsilon where b is below 0. */
export function stableQuotient(a: usize, b: usize, out: usize, count: i32, epsilon: f32): void {
  const end = <usize>count << 2
  const e = f32x4.splat(epsilon)
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    const below = read(b + at, four)
    const shift = v128.xor(e, v128.and(f32x4.lt(below, f32x4.splat(0)), f32x4.splat(-0.0)))
    write(out + at, f32x4.div(read(a + at, four), f32x4.add(below, shift)), four)
    at += four ? 16 : 4
  }
}

/** `out = a + sign(x) b`. */
export function addSigned(a: usize, b: usize, x: usize, out: usize, count: i32): void {
  const end = <usize>count << 2
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    const by = read(x + at, four)
    const values = read(b + at, four)
    const signed = f32x4.sub(v128.and(values, f32x4.gt(by, f32x4.splat(0))), v128.and(values, f32x4.lt(by, f32x4.splat(0))))
    write(out + at, f32x4.add(read(a + at, four), signed), four)
    at += four ? 16 : 4
  }
}
