const bits = new DataView(new ArrayBuffer(8))
const exponentBias = 1023
/** 2^(i - 1023). */
const powersOfTwo = Float64Array.from({ length: 2048 }, (_, i) => 2 ** (i - exponentBias))
/** The two halves of the mantissa of sqrt(2). */
const sqrt2High = 0x6a09e
const sqrt2Low = 0x667f3bcd

/**
 * The natural logarithm of a positive normal number from +, -, x and / alone. `Math.log` may differ between JavaScript engines in the
 * last bit; this may not. ln(m 2^e) = 2 artanh((m - 1) / (m + 1)) + e ln 2, with m in [sqrt(1/2), sqrt(2)).
 *
 * Without a branch on the mantissa, which no processor can foresee, and without writing parts of a number that is then read as a whole, which makes
 * it wait: several logarithms then run at once, and each takes a fifth of the time.
 */
export function portableLog(x: number): number {
  bits.setFloat64(0, x, true)
  const high = bits.getUint32(4, true)
  const mantissaHigh = high & 0xfffff
  const aboveSqrt2 = mantissaHigh === sqrt2High ? Number(bits.getUint32(0, true) > sqrt2Low) : (sqrt2High - mantissaHigh) >>> 31
  const exponent = (high >>> 20) - exponentBias + aboveSqrt2
  const mantissa = x * powersOfTwo[exponentBias - exponent]!
  const s = (mantissa - 1) / (mantissa + 1)
  // Written out: a loop over k = 23, 21, ..., 1 takes several times as long.
  let sum = 1 / 23
  sum = sum * s * s + 1 / 21
  sum = sum * s * s + 1 / 19
  sum = sum * s * s + 1 / 17
  sum = sum * s * s + 1 / 15
  sum = sum * s * s + 1 / 13
  sum = sum * s * s + 1 / 11
  sum = sum * s * s + 1 / 9
  sum = sum * s * s + 1 / 7
  sum = sum * s * s + 1 / 5
  sum = sum * s * s + 1 / 3
  sum = sum * s * s + 1
  return 2 * s * sum + exponent * Math.LN2
}

/** For q = p - 1/2 within 0.425 of 0. The polynomials are written out by Horner's rule: as loops over lists they take several times as long. */
function central(q: number): number {
  const r = 0.180625 - q * q
  let over = 2.5090809287301226727e3
  over = over * r + 3.3430575583588128105e4
  over = over * r + 6.7265770927008700853e4
  over = over * r + 4.5921953931549871457e4
  over = over * r + 1.3731693765509461125e4
  over = over * r + 1.9715909503065514427e3
  over = over * r + 1.3314166789178437745e2
  over = over * r + 3.3871328727963666080
  let under = 5.2264952788528545610e3
  under = under * r + 2.8729085735721942674e4
  under = under * r + 3.9307895800092710610e4
  under = under * r + 2.1213794301586595867e4
  under = under * r + 5.3941960214247511077e3
  under = under * r + 6.8718700749205790830e2
  under = under * r + 4.2313330701600911252e1
  under = under * r + 1
  return (q * over) / under
}

/** For r = sqrt(-ln p) up to 5, less 1.6. */
function nearTail(r: number): number {
  let over = 7.74545014278341407640e-4
  over = over * r + 2.27238449892691845833e-2
  over = over * r + 2.41780725177450611770e-1
  over = over * r + 1.27045825245236838258
  over = over * r + 3.64784832476320460504
  over = over * r + 5.76949722146069140550
  over = over * r + 4.63033784615654529590
  over = over * r + 1.42343711074968357734
  let under = 1.05075007164441684324e-9
  under = under * r + 5.47593808499534494600e-4
  under = under * r + 1.51986665636164571966e-2
  under = under * r + 1.48103976427480074590e-1
  under = under * r + 6.89767334985100004550e-1
  under = under * r + 1.67638483018380384940
  under = under * r + 2.05319162663775882187
  under = under * r + 1
  return over / under
}

/** For r = sqrt(-ln p) above 5, less 5. */
function farTail(r: number): number {
  let over = 2.01033439929228813265e-7
  over = over * r + 2.71155556874348757815e-5
  over = over * r + 1.24266094738807843860e-3
  over = over * r + 2.65321895265761230930e-2
  over = over * r + 2.96560571828504891230e-1
  over = over * r + 1.78482653991729133580
  over = over * r + 5.46378491116411436990
  over = over * r + 6.65790464350110377720
  let under = 2.04426310338993978564e-15
  under = under * r + 1.42151175831644588870e-7
  under = under * r + 1.84631831751005468180e-5
  under = under * r + 7.86869131145613259100e-4
  under = under * r + 1.48753612908506148525e-2
  under = under * r + 1.36929880922735805310e-1
  under = under * r + 5.99832206555887937690e-1
  under = under * r + 1
  return over / under
}

/** For p up to 0.075: the quantile's size. */
function tail(p: number): number {
  const r = Math.sqrt(-portableLog(p))
  return r <= 5 ? nearTail(r - 1.6) : farTail(r - 5)
}

const centralReach = 0.425

/**
 * The standard normal quantile of `p` in (0, 1), to about 16 digits, the same in every JavaScript engine.
 *
 * Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988), PPND16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= centralReach) return central(q)
  return q < 0 ? -tail(p) : tail(1 - p)
}

const blockLength = 256
const tailValues = new Float64Array(blockLength)
const tailPlaces = new Uint32Array(blockLength)

/**
 * Puts the standard normal quantiles in the place of numbers in (0, 1): in each block first what is central, then the tails, and both without
 * branches, which no processor could foresee. Faster than one by one, and the same to the last bit.
 */
export function toNormalQuantiles(values: Float64Array): void {
  for (let from = 0; from < values.length; from += blockLength) {
    const to = Math.min(from + blockLength, values.length)
    let tailCount = 0
    for (let i = from; i < to; i++) {
      const p = values[i]!
      const q = p - 0.5
      // Kept only where the count moves on: 1 for a tail, else 0.
      tailValues[tailCount] = p
      tailPlaces[tailCount] = i
      tailCount += Math.ceil(Math.abs(q) - centralReach)
      values[i] = central(q)
    }
    for (let t = 0; t < tailCount; t++) {
      const p = tailValues[t]!
      const sign = 2 * Math.floor(p + 0.5) - 1
      values[tailPlaces[t]!] = sign * tail(Math.min(p, 1 - p))
    }
  }
}
