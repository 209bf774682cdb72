/** So many slices are summed before they join the rest: the rounding errors of long sums stay small that way. */
const slicesAtOnce: i32 = 64

/**
 * Sums over a middle axis: `out[i, k] = sum over j of x[i, j, k] / divisor`.
 *
 * @param x - `[outer, count, inner]`
 * @param out - takes `[outer, inner]`
 */
export function sumMiddle(x: usize, out: usize, outer: i32, count: i32, inner: i32, divisor: f32): void {
  const stride = <usize>inner << 2
  for (let i = 0; i < outer; i++, x += <usize>count * stride, out += stride) {
    let at: usize = 0
    for (; at + 32 <= stride; at += 32) sumColumns8(x + at, stride, out + at, count, divisor)
    for (; at < stride; at += 4) sumColumn(x + at, stride, out + at, count, divisor)
  }
}

function sumColumns8(x: usize, stride: usize, out: usize, count: i32, divisor: f32): void {
  let sum0 = f32x4.splat(0)
  let sum1 = f32x4.splat(0)
  for (let start = 0; start < count; start += slicesAtOnce) {
    let part0 = f32x4.splat(0)
    let part1 = f32x4.splat(0)
    for (let end = x + <usize>min(slicesAtOnce, count - start) * stride; x < end; x += stride) {
      part0 = f32x4.add(part0, v128.load(x))
      part1 = f32x4.add(part1, v128.load(x, 16))
    }
    sum0 = f32x4.add(sum0, part0)
    sum1 = f32x4.add(sum1, part1)
  }
  v128.store(out, f32x4.div(sum0, f32x4.splat(divisor)))
  v128.store(out, f32x4.div(sum1, f32x4.splat(divisor)), 16)
}

function sumColumn(x: usize, stride: usize, out: usize, count: i32, divisor: f32): void {
  let sum: f32 = 0
  for (let start = 0; start < count; start += slicesAtOnce) {
    let part: f32 = 0
    for (let end = x + <usize>min(slicesAtOnce, count - start) * stride; x < end; x += stride) part += load<f32>(x)
    sum += part
  }
  store<f32>(out, sum / divisor)
}

/** Adds the values of one array to those of another. */
export function addTo(target: usize, values: usize, count: i32): void {
  const end = target + (<usize>count << 2)
  for (; target + 16 <= end; target += 16, values += 16) v128.store(target, f32x4.add(v128.load(target), v128.load(values)))
  for (; target < end; target += 4, values += 4) store<f32>(target, load<f32>(target) + load<f32>(values))
}
