/*
 * The gradient of max-pooling, and the gradient of that. Both walk over the windows, find where the largest value stands (of several equal ones the
 * first, line by line; a value that is not a number counts only if it is the first of its window), and move one value to or from that place.
 */

/** Adds each value of `dy` to the place of its window's largest value. @param dx - takes the result; must be zero */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, images: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  walk(x, dy, dx, false, images, height, width, channels, outHeight, outWidth, windowHeight, windowWidth, strideY, strideX, top, left)
}

/** Takes for each window the value of `values`, of the images' shape, at the place of the window's largest value. */
export function gatherLargest(
  x: usize, out: usize, values: usize, images: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  walk(x, out, values, true, images, height, width, channels, outHeight, outWidth, windowHeight, windowWidth, strideY, strideX, top, left)
}

function walk(
  x: usize, pooled: usize, whole: usize, gather: bool, images: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2
  const line = pixel * <usize>width
  for (let image = 0; image < images; image++) {
    const base = <usize>image * <usize>height * line
    for (let outY = 0; outY < outHeight; outY++) {
      const y = outY * strideY - top
      const firstY = max(0, y)
      const lines = min(height, y + windowHeight) - firstY
      for (let outX = 0; outX < outWidth; outX++, pooled += pixel) {
        const column = outX * strideX - left
        const firstX = max(0, column)
        const columns = min(width, column + windowWidth) - firstX
        const corner = base + <usize>firstY * line + <usize>firstX * pixel
        let at: usize = 0
        for (; at + 16 <= pixel; at += 16) {
          four(x + corner + at, pooled + at, whole + corner + at, gather, line, pixel, lines, columns)
        }
        for (; at < pixel; at += 4) one(x + corner + at, pooled + at, whole + corner + at, gather, line, pixel, lines, columns)
      }
    }
  }
}

/** One window of four channels. */
function four(x: usize, pooled: usize, whole: usize, gather: bool, line: usize, pixel: usize, lines: i32, columns: i32): void {
  let best = v128.load(x)
  let place = i32x4.splat(0)
  let tap = 0
  for (let i = 0; i < lines; i++) {
    const start = x + <usize>i * line
    for (let j = 0; j < columns; j++, tap++) {
      const value = v128.load(start + <usize>j * pixel)
      const larger = f32x4.gt(value, best)
      best = v128.bitselect(value, best, larger)
      place = v128.bitselect(i32x4.splat(tap), place, larger)
    }
  }
  tap = 0
  let found = f32x4.splat(0)
  const given = v128.load(pooled)
  for (let i = 0; i < lines; i++) {
    const start = whole + <usize>i * line
    for (let j = 0; j < columns; j++, tap++) {
      const at = start + <usize>j * pixel
      const here = i32x4.eq(place, i32x4.splat(tap))
      if (gather) found = v128.bitselect(v128.load(at), found, here)
      else v128.store(at, f32x4.add(v128.load(at), v128.and(given, here)))
    }
  }
  if (gather) v128.store(pooled, found)
}

/** One window of one channel. */
function one(x: usize, pooled: usize, whole: usize, gather: bool, line: usize, pixel: usize, lines: i32, columns: i32): void {
  let best = load<f32>(x)
  let place: usize = 0
  for (let i = 0; i < lines; i++) {
    let at = <usize>i * line
    for (let j = 0; j < columns; j++, at += pixel) {
      const value = load<f32>(x + at)
      const larger = value > best
      best = select(value, best, larger)
      place = select(at, place, larger)
    }
  }
  if (gather) store<f32>(pooled, load<f32>(whole + place))
  else store<f32>(whole + place, load<f32>(whole + place) + load<f32>(pooled))
}
