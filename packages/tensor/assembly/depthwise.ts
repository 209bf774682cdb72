/*
 * Gradients of depthwise convolutions with one output for each channel. Pads, strides and dilations as given; filters `[height, width, channels]`.
 */

/**
 * The gradient with respect to the input: adds to `dx` what each value of `dy` passes back through each tap.
 *
 * @param dx - takes the result; must be zero
 */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2
  for (let line = 0; line < images * outHeight; line++) {
    const image = line / outHeight
    for (let tapY = 0; tapY < filterHeight; tapY++) {
      const y = line % outHeight * strideY + tapY * dilationY - top
      if (y < 0 || y >= height) continue
      const inputLine = dx + <usize>((image * height + y) * width) * pixel
      let from = dy + <usize>line * <usize>outWidth * pixel
      for (let outX = 0; outX < outWidth; outX++, from += pixel) {
        for (let tapX = 0; tapX < filterWidth; tapX++) {
          const x = outX * strideX + tapX * dilationX - left
          if (x < 0 || x >= width) continue
          multiplyAdd(from, filter + <usize>(tapY * filterWidth + tapX) * pixel, inputLine + <usize>x * pixel, pixel)
        }
      }
    }
  }
}

/**
 * The gradient with respect to the filter: adds up `dy` times the input that each tap meets, line by line.
 *
 * @param line - working memory for one value for each channel
 * @param gradient - takes the result; must be zero
 */
export function depthwiseFilterGradient(
  input: usize, dy: usize, gradient: usize, work: usize, images: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2
  for (let tapY = 0; tapY < filterHeight; tapY++) {
    for (let tapX = 0; tapX < filterWidth; tapX++, gradient += pixel) {
      for (let line = 0; line < images * outHeight; line++) {
        const y = line % outHeight * strideY + tapY * dilationY - top
        if (y < 0 || y >= height) continue
        for (let at: usize = 0; at < pixel; at += 4) store<f32>(work + at, 0)
        const inputLine = input + <usize>((line / outHeight * height + y) * width) * pixel
        let from = dy + <usize>line * <usize>outWidth * pixel
        for (let outX = 0; outX < outWidth; outX++, from += pixel) {
          const x = outX * strideX + tapX * dilationX - left
          if (x >= 0 && x < width) multiplyAdd(from, inputLine + <usize>x * pixel, work, pixel)
        }
        let at: usize = 0
        for (; at + 16 <= pixel; at += 16) v128.store(gradient + at, f32x4.add(v128.load(gradient + at), v128.load(work + at)))
        for (; at < pixel; at += 4) store<f32>(gradient + at, load<f32>(gradient + at) + load<f32>(work + at))
      }
    }
  }
}

/** `to += a * b`, value by value. */
function multiplyAdd(a: usize, b: usize, to: usize, bytes: usize): void {
  let at: usize = 0
  for (; at + 16 <= bytes; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(a + at), v128.load(b + at))))
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(a + at) * load<f32>(b + at))
}
