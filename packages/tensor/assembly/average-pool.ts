/** The gradient of average-pooling: adds to each pixel of a window its share of the window's value of `dy`. @param dx - takes the result; must be zero */
export function averagePoolGradient(
  dy: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2
  const line = pixel * <usize>width
  for (let image = 0; image < images; image++) {
    const base = dx + <usize>image * <usize>height * line
    for (let outY = 0; outY < outHeight; outY++) {
      const firstY = max(0, outY * strideY - top)
      const lines = min(height, outY * strideY - top + windowHeight) - firstY
      for (let outX = 0; outX < outWidth; outX++, dy += pixel) {
        const firstX = max(0, outX * strideX - left)
        const columns = min(width, outX * strideX - left + windowWidth) - firstX
        // Padding is no part of the window.
        const count = <f32>(lines * columns)
        const corner = base + <usize>firstY * line + <usize>firstX * pixel
        let at: usize = 0
        for (; at + 16 <= pixel; at += 16) {
          const share = f32x4.div(v128.load(dy + at), f32x4.splat(count))
          for (let i = 0; i < lines; i++) {
            let to = corner + at + <usize>i * line
            for (let j = 0; j < columns; j++, to += pixel) v128.store(to, f32x4.add(v128.load(to), share))
          }
        }
        for (; at < pixel; at += 4) {
          const share = load<f32>(dy + at) / count
          for (let i = 0; i < lines; i++) {
            let to = corner + at + <usize>i * line
            for (let j = 0; j < columns; j++, to += pixel) store<f32>(to, load<f32>(to) + share)
          }
        }
      }
    }
  }
}
