const multiplierA = 0xd2511f53
const multiplierB = 0xcd9e8d57
const weylA = 0x9e3779b9
const weylB = 0xbb67ae85

/** The upper 32 bits of the 64-bit product of two unsigned 32-bit integers; in and out by their bits, whatever sign these have. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  // None of the sums passes 2^32.
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0
  const other = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0
}

/**
 * Philox 4x32-10: four unsigned 32-bit numbers that depend on a counter of four and a key of two, and on nothing else.
 * Integer arithmetic only, so every JavaScript engine gives the same.
 *
 * @param out receives the four numbers, from `at` on
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
export function philox(counter0: number, counter1: number, counter2: number, counter3: number, key0: number, key1: number, out: Uint32Array, at = 0): void {
  // As signed numbers, by which engines compute fastest.
  let c0 = counter0 | 0
  let c1 = counter1 | 0
  let c2 = counter2 | 0
  let c3 = counter3 | 0
  let k0 = key0 | 0
  let k1 = key1 | 0
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(multiplierA, c0)
    const low0 = Math.imul(multiplierA, c0)
    const high1 = multiplyHigh(multiplierB, c2)
    const low1 = Math.imul(multiplierB, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + weylA) | 0
    k1 = (k1 + weylB) | 0
  }
  out[at] = c0
  out[at + 1] = c1
  out[at + 2] = c2
  out[at + 3] = c3
}
