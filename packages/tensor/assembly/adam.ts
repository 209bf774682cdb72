/**
 * One step of Adam. All arrays have `count` values; the new ones may be the old ones.
 *
 * @param rate - the learning rate over the first moment's bias correction
 * @param correction - the bias correction of the second moment
 */
export function adam(
  value: usize, first: usize, second: usize, gradient: usize, newValue: usize, newFirst: usize, newSecond: usize, count: i32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, rate: f32, correction: f32, epsilon: f32,
): void {
  const end = <usize>count << 2
  let at: usize = 0
  for (; at + 16 <= end; at += 16) {
    const g = v128.load(gradient + at)
    const m = f32x4.add(f32x4.mul(v128.load(first + at), f32x4.splat(beta1)), f32x4.mul(g, f32x4.splat(rest1)))
    const v = f32x4.add(f32x4.mul(v128.load(second + at), f32x4.splat(beta2)), f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)))
    v128.store(newFirst + at, m)
    v128.store(newSecond + at, v)
    const size = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(correction))), f32x4.splat(epsilon))
    v128.store(newValue + at, f32x4.sub(v128.load(value + at), f32x4.div(f32x4.mul(m, f32x4.splat(rate)), size)))
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at)
    const m = load<f32>(first + at) * beta1 + g * rest1
    const v = load<f32>(second + at) * beta2 + g * g * rest2
    store<f32>(newFirst + at, m)
    store<f32>(newSecond + at, v)
    store<f32>(newValue + at, load<f32>(value + at) - m * rate / (sqrt<f32>(v / correction) + epsilon))
  }
}
