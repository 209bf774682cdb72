/**
 * Normalises each channel: `out = (x - mean) * slope + offset`.
 *
 * @param x - `[rows, channels]`; `mean`, `slope` and `offset` have one value for each channel
 */
export function normalise(x: usize, out: usize, mean: usize, slope: usize, offset: usize, rows: i32, channels: i32): void {
  const line = <usize>channels << 2
  for (let row = 0; row < rows; row++, x += line, out += line) {
    let at: usize = 0
    for (; at + 16 <= line; at += 16) {
      const centred = f32x4.sub(v128.load(x + at), v128.load(mean + at))
      v128.store(out + at, f32x4.add(f32x4.mul(centred, v128.load(slope + at)), v128.load(offset + at)))
    }
    for (; at < line; at += 4) store<f32>(out + at, (load<f32>(x + at) - load<f32>(mean + at)) * load<f32>(slope + at) + load<f32>(offset + at))
  }
}
