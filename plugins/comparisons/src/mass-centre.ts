import { channelsOption, compareMaps, defineComparison, faultOf, featuresOf, l2Distance, resultOf, sizeOf, undefinedResult } from '@touchstone/core'

/**
 * `mass-centre`: ||C(a) - C(b)||_2 in pixels, with C(a) = sum_p A_p p / sum_p A_p the mean position of all pixels p weighted by their features
 * A_p; in [0, inf), at most the image's diagonal where no feature is negative.
 *
 * Maps are `[height, width]` or `[height, width, channels]`. Undefined for a map of rank 1, which has no pixels, and for one that sums to 0.
 * With `channels: 'sum'` negative features count as negative weights, so a centre may lie outside the image. `keep` gives the same as `sum`:
 * each value weighs its own pixel.
 *
 * Source: Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019. Their code cuts centres to whole pixels; this does not.
 */
export const massCentre = defineComparison({
  name: 'mass-centre',
  summary: 'distance in pixels between the centres of mass of two maps',
  citation: 'Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019',
  measures: 'distance',
  range: [0, null],
  options: { channels: channelsOption },
  compare: (options) =>
    compareMaps((a, b) => {
      if (a.shape.length < 2) return undefinedResult(`maps of shape [${a.shape.join(', ')}] have no rows and columns, so no centre`)
      const size = a.shape.length === 2 ? a.shape : a.shape.slice(0, -1)
      const how = options.channels === 'keep' ? 'sum' : options.channels
      const [massA, massB] = [featuresOf(a, how), featuresOf(b, how)]
      const reason = faultOf(sumsToZero, 'of total 0 and so without a centre', massA, massB)
      return reason === undefined ? resultOf(l2Distance(centreOf(massA, size), centreOf(massB, size))) : undefinedResult(reason)
    }),
})

/** The mean position along each axis, weighted by mass: `[row, column]` for `size` `[height, width]`. */
function centreOf(mass: Float64Array, size: readonly number[]): number[] {
  return size.map((length, axis) => {
    const stride = sizeOf(size.slice(axis + 1))
    return mass.reduce((moment, weight, pixel) => moment + weight * (Math.floor(pixel / stride) % length), 0) / sum(mass)
  })
}

/** Whether the total is 0, or no more than the rounding error of a sum that cancels. */
function sumsToZero(mass: Float64Array): boolean {
  return Math.abs(sum(mass)) <= Number.EPSILON * mass.length * sum(mass.map(Math.abs))
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
