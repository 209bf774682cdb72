/** The lengths of an image's axes. */
export interface ImageShape {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * An image blurred by a Gaussian of standard deviation `sd` pixels, channel by channel; weights end at 3 sd, and at the border those inside the image are
 * scaled to a sum of 1.
 */
export function blur(image: ArrayLike<number>, { height, width, channels }: ImageShape, sd: number): Float32Array {
  const across = blurAxis(image, { count: width, stride: channels }, sd)
  return Float32Array.from(blurAxis(across, { count: height, stride: width * channels }, sd))
}

function blurAxis(values: ArrayLike<number>, { count, stride }: { readonly count: number; readonly stride: number }, sd: number): Float64Array {
  const reach = Math.min(count - 1, Math.ceil(3 * sd))
  const weights = Array.from({ length: reach + 1 }, (_, distance) => Math.exp(-0.5 * (distance / sd) ** 2))
  return Float64Array.from({ length: values.length }, (_, index) => {
    const at = Math.floor(index / stride) % count
    let [sum, total] = [0, 0]
    for (let other = Math.max(0, at - reach); other <= Math.min(count - 1, at + reach); other++) {
      const weight = weights[Math.abs(other - at)]!
      sum += weight * values[index + (other - at) * stride]!
      total += weight
    }
    return sum / total
  })
}
