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

/** Sums over the last axis: `out[i] = sum over j of x[i, j] / divisor`. The values fall in turn to the lanes of two vectors, which are added last. */
export function sumLast(x: usize, out: usize, outer: i32, count: i32, divisor: f32): void {
  const bytes = <usize>count << 2
  for (let i = 0; i < outer; i++, x += bytes, out += 4) {
    const end = x + bytes
    let sum0 = f32x4.splat(0)
    let sum1 = f32x4.splat(0)
    let at = x
    while (at + 32 <= end) {
      let part0 = f32x4.splat(0)
      let part1 = f32x4.splat(0)
      for (const stop = min(end, at + <usize>slicesAtOnce * 32); at + 32 <= stop; at += 32) {
        part0 = f32x4.add(part0, v128.load(at))
        part1 = f32x4.add(part1, v128.load(at, 16))
      }
      sum0 = f32x4.add(sum0, part0)
      sum1 = f32x4.add(sum1, part1)
    }
    const sum = f32x4.add(sum0, sum1)
    let total = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
    for (; at < end; at += 4) total += load<f32>(at)
    store<f32>(out, total / divisor)
  }
}
