import { UserError, type Model, type Randomness } from '@touchstone/core'
import { emptySets, wordLength, type UnitSets } from './unit-sets.js'

/**
 * Squares of `side` pixels at random places of an image, one per run, as sets of the units inside: each place at which a square lies wholly within the image is
 * as likely.
 *
 * @param count units of the input: its pixels, or its values
 * @throws UserError where inputs are no images, or smaller than the square.
 */
export function randomSquares(side: number, inputShape: readonly number[], count: number, runs: number, randomness: Randomness, who: string): UnitSets {
  checkSquare(side, { inputShape }, who)
  const [height, width] = inputShape as [number, number]
  const unitsPerPixel = count / (height * width)
  const sets = emptySets(runs, count, side * side * unitsPerPixel)
  for (let run = 0; run < runs; run++) {
    const [top, left] = Array.from(randomness.uniforms('@touchstone/fidelity square', run, 2), (uniform, axis) => Math.floor(uniform * (inputShape[axis]! - side + 1))) as [number, number]
    for (let y = top; y < top + side; y++) {
      const first = (y * width + left) * unitsPerPixel
      for (let unit = first; unit < first + side * unitsPerPixel; unit++) sets.bits[run * sets.words + Math.floor(unit / wordLength)]! |= 1 << (unit % wordLength)
    }
  }
  return sets
}

/** @throws UserError where inputs are no images, or smaller than the square. */
export function checkSquare(side: number, { inputShape }: Pick<Model, 'inputShape'>, who: string): void {
  const [height, width] = inputShape as [number, number]
  if (inputShape.length !== 3) throw new UserError(`${who}: squares are taken out of images, but inputs have shape [${inputShape.join(', ')}]: use { subset: ... }`)
  if (side > Math.min(height, width)) throw new UserError(`${who}: a square of ${side} x ${side} pixels is larger than the input, which has ${height} x ${width}: ask for a smaller one`)
}
