/*
 * Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011), four counters side by side.
 */
const multiplierA: i32 = 0xd2511f53
const multiplierB: i32 = 0xcd9e8d57
const weylA: i32 = 0x9e3779b9
const weylB: i32 = 0xbb67ae85

/**
 * Numbers in (0, 1), multiples of 2^-32 plus 2^-33, as float64: for each counter (block, draw, 0, 0) four of them.
 *
 * @param out - takes `count` numbers, rounded up to 16
 * @param block - the first counter
 */
export function uniforms(out: usize, count: i32, block: i32, draw: i32, key0: i32, key1: i32): void {
  const a = i32x4.splat(multiplierA)
  const b = i32x4.splat(multiplierB)
  for (let done = 0; done < count; done += 16, block += 4, out += 128) {
    let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3))
    let c1 = i32x4.splat(draw)
    let c2 = i32x4.splat(0)
    let c3 = i32x4.splat(0)
    let k0 = i32x4.splat(key0)
    let k1 = i32x4.splat(key1)
    for (let round = 0; round < 10; round++) {
      const lowA = i64x2.extmul_low_i32x4_u(c0, a)
      const highA = i64x2.extmul_high_i32x4_u(c0, a)
      const lowB = i64x2.extmul_low_i32x4_u(c2, b)
      const highB = i64x2.extmul_high_i32x4_u(c2, b)
      // The upper halves of the products, and the lower ones.
      c0 = v128.xor(v128.xor(v128.shuffle<i32>(lowB, highB, 1, 3, 5, 7), c1), k0)
      c1 = v128.shuffle<i32>(lowB, highB, 0, 2, 4, 6)
      c2 = v128.xor(v128.xor(v128.shuffle<i32>(lowA, highA, 1, 3, 5, 7), c3), k1)
      c3 = v128.shuffle<i32>(lowA, highA, 0, 2, 4, 6)
      k0 = i32x4.add(k0, i32x4.splat(weylA))
      k1 = i32x4.add(k1, i32x4.splat(weylB))
    }
    // From one vector for each place of a counter's four numbers to one for each counter.
    const low01 = v128.shuffle<i32>(c0, c1, 0, 4, 1, 5)
    const low23 = v128.shuffle<i32>(c2, c3, 0, 4, 1, 5)
    const high01 = v128.shuffle<i32>(c0, c1, 2, 6, 3, 7)
    const high23 = v128.shuffle<i32>(c2, c3, 2, 6, 3, 7)
    store4(out, v128.shuffle<i32>(low01, low23, 0, 1, 4, 5))
    store4(out + 32, v128.shuffle<i32>(low01, low23, 2, 3, 6, 7))
    store4(out + 64, v128.shuffle<i32>(high01, high23, 0, 1, 4, 5))
    store4(out + 96, v128.shuffle<i32>(high01, high23, 2, 3, 6, 7))
  }
}

// @ts-ignore: decorator
@inline
function store4(to: usize, words: v128): void {
  v128.store(to, unit(words))
  v128.store(to, unit(v128.shuffle<i32>(words, words, 2, 3, 2, 3)), 16)
}

// @ts-ignore: decorator
@inline
function unit(words: v128): v128 {
  return f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(words), f64x2.splat(0.5)), f64x2.splat(1.0 / 4294967296.0))
}
