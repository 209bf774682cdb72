/** Copies `bytes` bytes, a multiple of 4. Few at a time, for which `memory.copy` is slow. */
function copy(from: usize, to: usize, bytes: usize): void {
  const end = from + bytes
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from))
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from))
}

function clear(to: usize, bytes: usize): void {
  const end = to + bytes
  for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(0))
  for (; to < end; to += 4) store<f32>(to, 0)
}

/**
 * Writes, for each output pixel of a convolution, all the input values that it meets, in the order of the filter's weights; zeros for padding.
 *
 * @param x - images `[images, height, width, channels]`
 * @param to - takes `[lines * outWidth, filterHeight * filterWidth * channels]`
 * @param firstLine - first of the lines of output, counted through all images
 */
export function spreadPixels(
  x: usize, to: usize, firstLine: i32, lines: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2
  const line = pixel * <usize>width
  const tapLine = pixel * <usize>filterWidth
  for (let i = firstLine; i < firstLine + lines; i++) {
    const y = i % outHeight * strideY - top
    const image = x + <usize>(i / outHeight) * <usize>height * line
    for (let outX = 0; outX < outWidth; outX++) {
      const column = outX * strideX - left
      const before = <usize>min(filterWidth, max(0, -column)) * pixel
      const after = <usize>min(filterWidth, max(0, column + filterWidth - width)) * pixel
      const start = image + <usize>max(0, column) * pixel
      for (let tap = 0; tap < filterHeight; tap++, to += tapLine) {
        const inputY = y + tap
        if (inputY < 0 || inputY >= height || before + after >= tapLine) {
          clear(to, tapLine)
          continue
        }
        if (before > 0) clear(to, before)
        copy(start + <usize>inputY * line, to + before, tapLine - before - after)
        if (after > 0) clear(to + tapLine - after, after)
      }
    }
  }
}

/**
 * The reverse of {@link spreadPixels}: adds the values of each output pixel to the input values that it meets, in the order of the output pixels.
 *
 * @param from - `[lines * outWidth, filterHeight * filterWidth * channels]`
 * @param x - images `[images, height, width, channels]` that take the sums
 */
export function collectPixels(
  from: usize, x: usize, firstLine: i32, lines: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2
  const line = pixel * <usize>width
  const tapLine = pixel * <usize>filterWidth
  for (let i = firstLine; i < firstLine + lines; i++) {
    const y = i % outHeight * strideY - top
    const image = x + <usize>(i / outHeight) * <usize>height * line
    for (let outX = 0; outX < outWidth; outX++) {
      const column = outX * strideX - left
      const before = <usize>min(filterWidth, max(0, -column)) * pixel
      const after = <usize>min(filterWidth, max(0, column + filterWidth - width)) * pixel
      const start = image + <usize>max(0, column) * pixel
      for (let tap = 0; tap < filterHeight; tap++, from += tapLine) {
        const inputY = y + tap
        if (inputY < 0 || inputY >= height || before + after >= tapLine) continue
        const target = start + <usize>inputY * line
        const bytes = tapLine - before - after
        let at: usize = 0
        for (; at + 16 <= bytes; at += 16) v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(from + before + at)))
        for (; at < bytes; at += 4) store<f32>(target + at, load<f32>(target + at) + load<f32>(from + before + at))
      }
    }
  }
}
