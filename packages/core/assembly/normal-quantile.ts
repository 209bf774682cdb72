/*
 * The standard normal quantile by Wichura's algorithm AS 241 (PPND16), two values side by side: the same operations in the same order as in
 * src/random/normal-quantile.ts, and so the same bits.
 */

/**
 * Puts the standard normal quantiles in the place of numbers in (0, 1), float64, that are at least 2^-33 away from both ends.
 *
 * @param count - rounded up to 2
 * @param places - working memory for `count` addresses of 4 bytes
 * @param tails - working memory for `count + 1` float64 numbers
 */
export function normalQuantiles(values: usize, count: i32, places: usize, tails: usize): void {
  // All as if they were central; what is not is kept, and its place, where the count moves on.
  let kept = 0
  for (let end = values + (<usize>((count + 1) & ~1) << 3); values < end; values += 16) {
    const p = v128.load(values)
    const q = f64x2.sub(p, f64x2.splat(0.5))
    const isTail = f64x2.gt(f64x2.abs(q), f64x2.splat(0.425))
    v128.store_lane<f64>(tails + (<usize>kept << 3), p, 0)
    store<u32>(places + (<usize>kept << 2), <u32>values)
    kept -= <i32>i64x2.extract_lane(isTail, 0)
    v128.store_lane<f64>(tails + (<usize>kept << 3), p, 1)
    store<u32>(places + (<usize>kept << 2), <u32>values + 8)
    kept -= <i32>i64x2.extract_lane(isTail, 1)
    v128.store(values, central(q))
  }
  store<f64>(tails + (<usize>kept << 3), 0.5)
  for (let i = 0; i < kept; i += 2) {
    const p = v128.load(tails + (<usize>i << 3))
    const sign = f64x2.sub(f64x2.mul(f64x2.splat(2.0), f64x2.floor(f64x2.add(p, f64x2.splat(0.5)))), f64x2.splat(1.0))
    const z = f64x2.mul(sign, tail(f64x2.min(p, f64x2.sub(f64x2.splat(1.0), p))))
    v128.store_lane<f64>(load<u32>(places + (<usize>i << 2)), z, 0)
    if (i + 1 < kept) v128.store_lane<f64>(load<u32>(places + (<usize>i << 2), 4), z, 1)
  }
}

/** One step of Horner's rule. */
// @ts-ignore: decorator
@inline
function next(sum: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, r), f64x2.splat(coefficient))
}

/** For q = p - 1/2 within 0.425 of 0. */
// @ts-ignore: decorator
@inline
function central(q: v128): v128 {
  const r = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q))
  let over = f64x2.splat(2.5090809287301226727e3)
  over = next(over, r, 3.3430575583588128105e4)
  over = next(over, r, 6.7265770927008700853e4)
  over = next(over, r, 4.5921953931549871457e4)
  over = next(over, r, 1.3731693765509461125e4)
  over = next(over, r, 1.9715909503065514427e3)
  over = next(over, r, 1.3314166789178437745e2)
  over = next(over, r, 3.3871328727963666080)
  let under = f64x2.splat(5.2264952788528545610e3)
  under = next(under, r, 2.8729085735721942674e4)
  under = next(under, r, 3.9307895800092710610e4)
  under = next(under, r, 2.1213794301586595867e4)
  under = next(under, r, 5.3941960214247511077e3)
  under = next(under, r, 6.8718700749205790830e2)
  under = next(under, r, 4.2313330701600911252e1)
  under = next(under, r, 1.0)
  return f64x2.div(f64x2.mul(q, over), under)
}

/** For p in [2^-33, 0.075]: the quantile's size. Such p have sqrt(-ln p) below 5. */
// @ts-ignore: decorator
@inline
function tail(p: v128): v128 {
  const r = f64x2.sub(f64x2.sqrt(f64x2.neg(logarithm(p))), f64x2.splat(1.6))
  let over = f64x2.splat(7.74545014278341407640e-4)
  over = next(over, r, 2.27238449892691845833e-2)
  over = next(over, r, 2.41780725177450611770e-1)
  over = next(over, r, 1.27045825245236838258)
  over = next(over, r, 3.64784832476320460504)
  over = next(over, r, 5.76949722146069140550)
  over = next(over, r, 4.63033784615654529590)
  over = next(over, r, 1.42343711074968357734)
  let under = f64x2.splat(1.05075007164441684324e-9)
  under = next(under, r, 5.47593808499534494600e-4)
  under = next(under, r, 1.51986665636164571966e-2)
  under = next(under, r, 1.48103976427480074590e-1)
  under = next(under, r, 6.89767334985100004550e-1)
  under = next(under, r, 1.67638483018380384940)
  under = next(under, r, 2.05319162663775882187)
  under = next(under, r, 1.0)
  return f64x2.div(over, under)
}

/** ln(m 2^e) = 2 artanh((m - 1) / (m + 1)) + e ln 2, with m in [sqrt(1/2), sqrt(2)). */
// @ts-ignore: decorator
@inline
function logarithm(x: v128): v128 {
  const bits = v128.and(x, i64x2.splat(0xfffffffffffff))
  // -1 where the mantissa is above sqrt(2).
  const above = i64x2.gt_s(bits, i64x2.splat(0x6a09e667f3bcd))
  const exponents = i64x2.sub(i64x2.sub(i64x2.shr_u(x, 52), i64x2.splat(1023)), above)
  const exponent = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponents, exponents, 0, 2, 0, 2))
  const mantissa = v128.or(bits, i64x2.shl(i64x2.add(i64x2.splat(1023), above), 52))
  const s = f64x2.div(f64x2.sub(mantissa, f64x2.splat(1.0)), f64x2.add(mantissa, f64x2.splat(1.0)))
  let sum = f64x2.splat(1.0 / 23.0)
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 21.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 19.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 17.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 15.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 13.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 11.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 9.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 7.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 5.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0 / 3.0))
  sum = f64x2.add(f64x2.mul(f64x2.mul(sum, s), s), f64x2.splat(1.0))
  return f64x2.add(f64x2.mul(f64x2.mul(f64x2.splat(2.0), s), sum), f64x2.mul(exponent, f64x2.splat(0.6931471805599453)))
}
