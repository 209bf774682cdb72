import { conjugateGradients } from '@touchstone/core'
import type { ImageShape } from './blur.js'

/** The weights of the eight neighbours of a pixel: 1/6 beside and above, 1/12 across. */
const neighbours = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].flatMap((dx) => (dy === 0 && dx === 0 ? [] : [{ dy, dx, weight: dy === 0 || dx === 0 ? 1 / 6 : 1 / 12 }])))

/**
 * Linear imputation: every pixel of `missing` becomes the weighted mean of its eight neighbours inside the image, all of them at once; the others stay.
 * At least one pixel must not be missing.
 *
 * The system A v = b, with A_pp = sum of the weights inside and A_pq = -w_pq for missing q, is symmetric and positive definite; it is solved by conjugate
 * gradients, channel by channel, to a relative residual of 1e-10.
 *
 * Source: Rong, Leemann, Borisov, Kasneci, Kasneci, "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022, section 5.
 *
 * @returns a new image `[height, width, channels]`.
 */
export function impute(image: Float32Array, missing: Uint32Array, shape: ImageShape): Float32Array {
  const { height, width, channels } = shape
  const place = new Int32Array(height * width).fill(-1)
  missing.forEach((pixel, index) => (place[pixel] = index))
  const count = missing.length
  const diagonal = new Float64Array(count)
  /** Of every missing pixel its eight neighbours: the place of one that is missing too, or -1. */
  const links = new Int32Array(8 * count).fill(-1)
  const known: { readonly index: number; readonly pixel: number; readonly weight: number }[] = []
  missing.forEach((pixel, index) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    neighbours.forEach(({ dy, dx, weight }, side) => {
      if (y + dy < 0 || y + dy >= height || x + dx < 0 || x + dx >= width) return
      diagonal[index]! += weight
      const other = pixel + dy * width + dx
      if (place[other]! >= 0) links[8 * index + side] = place[other]!
      else known.push({ index, pixel: other, weight })
    })
  })
  const times = (v: Float64Array): Float64Array =>
    v.map((value, index) => {
      let sum = diagonal[index]! * value
      for (let side = 0; side < 8; side++) if (links[8 * index + side]! >= 0) sum -= neighbours[side]!.weight * v[links[8 * index + side]!]!
      return sum
    })
  const filled = image.slice()
  for (let channel = 0; channel < channels; channel++) {
    const right = new Float64Array(count)
    for (const { index, pixel, weight } of known) right[index]! += weight * image[pixel * channels + channel]!
    conjugateGradients(times, right, { tolerance: 1e-10, most: 20 * count }).forEach((value, index) => (filled[missing[index]! * channels + channel] = value))
  }
  return filled
}
