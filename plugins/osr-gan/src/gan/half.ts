/** What lies at or above it rounds to infinity: 65520. */
const overflow = 0x477ff000
/** Below it a number of 16 bits has fewer digits: 2^-14. */
const normal = 0x38800000
/** From the exponent of 32 bits to that of 16. */
const rebias = 0x38000000
/** The step between the smallest numbers. */
const smallest = 2 ** -24

/**
 * Numbers in half precision (IEEE 754 binary16), each rounded to the nearest, ties to even: a relative error of at most 2^-11 from 2^-14 on, an absolute one of 2^-25 below.
 * What is too large becomes infinite; what is not a number stays none.
 */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const sign = (bits[i]! >>> 16) & 0x8000
    const size = bits[i]! & 0x7fffffff
    if (size > 0x7f800000) halves[i] = sign | 0x7e00
    else if (size >= overflow) halves[i] = sign | 0x7c00
    else if (size >= normal) halves[i] = sign | ((size - rebias + 0xfff + ((size >>> 13) & 1)) >>> 13)
    else halves[i] = sign | roundToEven(Math.abs(values[i]!) / smallest)
  }
  return halves
}

/** Numbers in half precision as they are, exactly. */
export function fromHalf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!
    const exponent = (half >>> 10) & 0x1f
    const digits = half & 0x3ff
    const size = exponent === 0 ? digits * smallest : exponent === 0x1f ? (digits === 0 ? Infinity : Number.NaN) : (1024 + digits) * scales[exponent]!
    values[i] = half & 0x8000 ? -size : size
  }
  return values
}

/** By exponent, what the last digit is worth. */
const scales = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25))

function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}
