import { read, write } from './lanes'

/**
 * What the RevealCancel rule of DeepLIFT sends back through a linear layer and the ReLU behind it: with dz+ and dz- the positive and the negative part
 * of z - z0, the quarter of the signal times the slopes over both, their sum and their difference.
 *
 * @param total - the sizes of all that z - z0 adds up, dz+ - dz-
 * @param most - where the ReLU is cut; infinite where it is not
 * @param rounding - a part that is below this, relative to what was added up, counts as 0
 * @param tiny - nothing beside any difference, and yet something to divide by
 */
export function revealCancel(
  z: usize, z0: usize, total: usize, signal: usize, sum: usize, difference: usize, count: i32, most: f32, rounding: f32, tiny: f32,
): void {
  const end = <usize>count << 2
  const top = f32x4.splat(most)
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    const after = read(z + at, four)
    const before = read(z0 + at, four)
    const size = read(total + at, four)
    const least = f32x4.mul(f32x4.splat(rounding), f32x4.add(size, f32x4.abs(after)))
    const half = f32x4.div(f32x4.add(size, f32x4.sub(after, before)), f32x4.splat(2))
    const rest = f32x4.sub(half, size)
    const positive = v128.and(half, f32x4.gt(half, least))
    const negative = v128.and(rest, f32x4.gt(f32x4.neg(f32x4.add(rest, least)), f32x4.splat(0)))

    const up = f32x4.add(before, positive)
    const down = f32x4.add(before, negative)
    const both = f32x4.add(down, positive)
    const whole = f32x4.sub(relu(both, top), relu(before, top))
    const between = f32x4.sub(relu(up, top), relu(down, top))
    const quarter = f32x4.div(read(signal + at, four), f32x4.splat(4))
    const slope = slopeAt(both, top)
    const ofPositive = f32x4.mul(quarter, quotient(f32x4.add(whole, between), positive, f32x4.add(slopeAt(up, top), slope), tiny))
    const ofNegative = f32x4.mul(quarter, quotient(f32x4.sub(whole, between), negative, f32x4.add(slopeAt(down, top), slope), tiny))
    write(sum + at, f32x4.add(ofPositive, ofNegative), four)
    write(difference + at, f32x4.sub(ofPositive, ofNegative), four)
    at += four ? 16 : 4
  }
}

// @ts-ignore: decorator
@inline
function relu(x: v128, top: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), top)
}

/** 1 between the kinks, 0 elsewhere: x (top - x) is positive there alone. */
// @ts-ignore: decorator
@inline
function slopeAt(x: v128, top: v128): v128 {
  return v128.and(f32x4.gt(f32x4.mul(x, f32x4.sub(top, x)), f32x4.splat(0)), f32x4.splat(1))
}

/** a / b, and the slope where b is 0, as a is there. */
// @ts-ignore: decorator
@inline
function quotient(a: v128, b: v128, slope: v128, tiny: f32): v128 {
  return f32x4.div(f32x4.add(a, f32x4.mul(f32x4.splat(tiny), slope)), f32x4.add(b, f32x4.splat(tiny)))
}
