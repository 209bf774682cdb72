/*
 * Copies parts of matrices into the order in which the tile kernel reads them: for each inner index, the values of the 4 or 8 lines of a tile,
 * one after the other. Lines beyond the matrix become zeros.
 */

/** Packs 4 lines whose inner values lie side by side. @param stride - bytes from one line to the next */
function packRows4(from: usize, stride: usize, to: usize, step: usize, inner: i32): void {
  const from1 = from + stride
  const from2 = from1 + stride
  const from3 = from2 + stride
  const whole = <usize>(inner & ~3) << 2
  let at: usize = 0
  for (; at < whole; at += 16) {
    const x0 = v128.load(from + at)
    const x1 = v128.load(from1 + at)
    const x2 = v128.load(from2 + at)
    const x3 = v128.load(from3 + at)
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5)
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7)
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5)
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
    to += step
    v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
    to += step
    v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
    to += step
    v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
    to += step
  }
  for (const end = <usize>inner << 2; at < end; at += 4, to += step) {
    store<f32>(to, load<f32>(from + at))
    store<f32>(to, load<f32>(from1 + at), 4)
    store<f32>(to, load<f32>(from2 + at), 8)
    store<f32>(to, load<f32>(from3 + at), 12)
  }
}

/**
 * Packs one group of lines.
 *
 * @param from - the first line's first inner value
 * @param stride - bytes from one line to the next or, if `across`, from one inner index to the next
 * @param across - whether values of neighbouring lines lie side by side, rather than those of one line
 * @param count - how many lines there are, at most `width`
 * @param width - how many lines a tile has, 4 or 8
 */
export function packLines(from: usize, stride: usize, across: bool, to: usize, count: i32, width: i32, inner: i32): void {
  const step = <usize>width << 2
  if (across) {
    if (count < width) {
      const present = <usize>count << 2
      for (let k = 0; k < inner; k++, from += stride, to += step) {
        for (let at: usize = 0; at < step; at += 4) store<f32>(to + at, at < present ? load<f32>(from + at) : 0)
      }
    } else if (width === 4) {
      for (let k = 0; k < inner; k++, from += stride, to += step) v128.store(to, v128.load(from))
    } else {
      for (let k = 0; k < inner; k++, from += stride, to += step) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
      }
    }
    return
  }
  let line = 0
  for (; line + 4 <= count; line += 4) packRows4(from + <usize>line * stride, stride, to + (<usize>line << 2), step, inner)
  for (; line < width; line++) {
    let source = from + <usize>line * stride
    let target = to + (<usize>line << 2)
    for (let k = 0; k < inner; k++, source += 4, target += step) store<f32>(target, line < count ? load<f32>(source) : 0)
  }
}

/** Packs four groups of 8 lines, one after the other, whose values lie side by side. They are read together, whole cache lines at a time. */
export function packWide(from: usize, stride: usize, to: usize, inner: i32): void {
  const group = <usize>inner << 5
  for (let k = 0; k < inner; k++, from += stride, to += 32) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    v128.store(to + group, v128.load(from, 32))
    v128.store(to + group, v128.load(from, 48), 16)
    v128.store(to + 2 * group, v128.load(from, 64))
    v128.store(to + 2 * group, v128.load(from, 80), 16)
    v128.store(to + 3 * group, v128.load(from, 96))
    v128.store(to + 3 * group, v128.load(from, 112), 16)
  }
}
