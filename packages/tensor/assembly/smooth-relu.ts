import { read, write } from './lanes'

/*
 * ReLU without its kinks, f(x) = softplus(x) - softplus(x - max) with softplus(x) = log(1 + exp(beta x)) / beta; the second part is 0 where `max` is infinite. Leaky with an
 * `alpha`: alpha x + (1 - alpha) f(x).
 *
 * All of f by one exponential, and without a difference of numbers that are nearly alike: f(max - x) = max - f(x), so that x is at most max / 2 from here on; and with
 * t = exp(-|beta x|) and c = exp(-beta max) the other exponential, t' = exp(-|beta (x - max)|), is c t below 0 and c / t above.
 */

/** Above this times 1 / beta, and as far below `max`, f is x to the last digit. */
const straight: f32 = 40

/** `out` = alpha x + (1 - alpha) f(x). @param c exp(-beta max) */
export function smoothRelu(x: usize, out: usize, count: i32, alpha: f32, beta: f32, max: f32, c: f32): void {
  const end = <usize>count << 2
  const top = f32x4.splat(max)
  const unsharp = f32x4.splat(1 / beta)
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    const value = read(x + at, four)
    const low = lower(value, top, max)
    const z = scaled(low, beta)
    const t = decay(z)
    const other = v128.bitselect(f32x4.mul(t, f32x4.splat(c)), f32x4.div(f32x4.splat(c), t), f32x4.lt(z, f32x4.splat(0)))
    const round = f32x4.mul(logOfQuotient(t, other), unsharp)
    const lowest = f32x4.add(f32x4.pmax(low, f32x4.splat(0)), round)
    // What is not a number is neither.
    const upright = v128.bitselect(f32x4.sub(top, lowest), lowest, f32x4.gt(value, low))
    // Of what is infinite, 0 times it would be no number.
    write(out + at, alpha == 0 ? upright : f32x4.add(f32x4.mul(f32x4.splat(alpha), value), f32x4.mul(f32x4.splat(1 - alpha), upright)), four)
    at += four ? 16 : 4
  }
}

/** `out` = dy (alpha + (1 - alpha) f'(x)) with f'(x) = sigmoid(beta x) - sigmoid(beta (x - max)) = t (1 - c) / ((1 + t) (1 + c t)) below 0, t (1 - c) / ((1 + t) (t + c)) above. */
export function smoothReluGradient(dy: usize, x: usize, out: usize, count: i32, alpha: f32, beta: f32, max: f32, c: f32): void {
  const end = <usize>count << 2
  const top = f32x4.splat(max)
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    const z = scaled(lower(read(x + at, four), top, max), beta)
    const t = decay(z)
    const slope = f32x4.div(f32x4.mul(t, f32x4.splat(1 - c)), bothWays(z, t, c))
    write(out + at, f32x4.mul(read(dy + at, four), f32x4.add(f32x4.splat(alpha), f32x4.mul(f32x4.splat(1 - alpha), slope))), four)
    at += four ? 16 : 4
  }
}

/** `out` = a b (1 - alpha) f''(x) with f''(x) = beta t (1 - c) (1 - c t^2) / ((1 + t) (1 + c t))^2 below 0, beta t (1 - c) (t^2 - c) / ((1 + t) (t + c))^2 above; f''(max - x) = -f''(x). */
export function smoothReluCurvature(a: usize, b: usize, x: usize, out: usize, count: i32, alpha: f32, beta: f32, max: f32, c: f32): void {
  const end = <usize>count << 2
  const top = f32x4.splat(max)
  let at: usize = 0
  while (at < end) {
    const four = at + 16 <= end
    const value = read(x + at, four)
    const low = lower(value, top, max)
    const z = scaled(low, beta)
    const t = decay(z)
    const square = f32x4.mul(t, t)
    const over = v128.bitselect(f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(c), square)), f32x4.sub(square, f32x4.splat(c)), f32x4.lt(z, f32x4.splat(0)))
    const under = bothWays(z, t, c)
    const bend = f32x4.div(f32x4.mul(f32x4.mul(f32x4.splat((1 - alpha) * beta * (1 - c)), t), over), f32x4.mul(under, under))
    const signed = v128.bitselect(f32x4.neg(bend), bend, f32x4.gt(value, low))
    write(out + at, f32x4.mul(f32x4.mul(read(a + at, four), read(b + at, four)), signed), four)
    at += four ? 16 : 4
  }
}

/** x or max - x, whichever is lower. */
// @ts-ignore: decorator
@inline
function lower(x: v128, top: v128, max: f32): v128 {
  return max < Infinity ? f32x4.pmin(x, f32x4.sub(top, x)) : x
}

// @ts-ignore: decorator
@inline
function scaled(low: v128, beta: f32): v128 {
  return f32x4.pmin(f32x4.mul(low, f32x4.splat(beta)), f32x4.splat(straight))
}

/** (1 + t) (1 + t'), above 0 times t. */
// @ts-ignore: decorator
@inline
function bothWays(z: v128, t: v128, c: f32): v128 {
  const other = v128.bitselect(f32x4.add(f32x4.splat(1), f32x4.mul(t, f32x4.splat(c))), f32x4.add(t, f32x4.splat(c)), f32x4.lt(z, f32x4.splat(0)))
  return f32x4.mul(f32x4.add(f32x4.splat(1), t), other)
}

/** Added to a number below 2^22 in size and taken away again it leaves the nearest whole number, which stands in the last bits of the sum. */
const rounder: f32 = 12582912

/** exp(-|z|): 2^n exp(r) with |r| <= log(2) / 2 by the Taylor series to r^7; 0 where the exponential is below 1.7e-38. */
// @ts-ignore: decorator
@inline
function decay(z: v128): v128 {
  const x = f32x4.neg(f32x4.abs(z))
  const sum = f32x4.add(f32x4.mul(x, f32x4.splat(1.4426950408889634)), f32x4.splat(rounder))
  const n = f32x4.sub(sum, f32x4.splat(rounder))
  // log(2) in two parts, the first of which has few digits: its products with n are exact.
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-0.00021219444005469057)))
  const square = f32x4.mul(r, r)
  // Pairs of terms, which need not wait for one another.
  const high = next(pair(1.0 / 720.0, 1.0 / 5040.0, r), square, pair(1.0 / 24.0, 1.0 / 120.0, r))
  const series = next(next(high, square, pair(0.5, 1.0 / 6.0, r)), square, f32x4.add(f32x4.splat(1), r))
  const power = i32x4.add(i32x4.shl(sum, 23), f32x4.splat(1))
  return v128.andnot(f32x4.mul(series, power), f32x4.lt(x, f32x4.splat(-87)))
}

/** log((1 + a) / (1 + b)) for a and b from 0 to 1: 2 artanh(s) with s = (a - b) / (2 + a + b), at most 1 / 3 in size, by its series to s^13. */
// @ts-ignore: decorator
@inline
function logOfQuotient(a: v128, b: v128): v128 {
  const s = f32x4.div(f32x4.sub(a, b), f32x4.add(f32x4.splat(2), f32x4.add(a, b)))
  const square = f32x4.mul(s, s)
  const fourth = f32x4.mul(square, square)
  const high = next(f32x4.splat(1.0 / 13.0), fourth, pair(1.0 / 9.0, 1.0 / 11.0, square))
  const series = next(next(high, fourth, pair(0.2, 1.0 / 7.0, square)), fourth, pair(1, 1.0 / 3.0, square))
  return f32x4.mul(f32x4.add(s, s), series)
}

/** a + b x */
// @ts-ignore: decorator
@inline
function pair(a: f32, b: f32, x: v128): v128 {
  return f32x4.add(f32x4.splat(a), f32x4.mul(f32x4.splat(b), x))
}

/** One step of Horner's rule. */
// @ts-ignore: decorator
@inline
function next(series: v128, x: v128, rest: v128): v128 {
  return f32x4.add(f32x4.mul(series, x), rest)
}
