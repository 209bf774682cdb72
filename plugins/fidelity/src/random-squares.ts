import { UserError, type Randomness } from '@touchstone/core'

/**
 * Squares of `side` pixels at random places of an image, by the number of the run, as the units inside: each place at which a square lies wholly within the
 * image is as likely.
 *
 * @param count units of the input: its pixels, or its values
 * @throws UserError where inputs are no images, or smaller than the square.
 */
export function randomSquares(side: number, inputShape: readonly number[], count: number, randomness: Randomness, who: string): (_: unknown, run: number) => Uint32Array {
  const [height, width] = inputShape as [number, number]
  if (inputShape.length !== 3) throw new UserError(`${who}: squares are taken out of images, but inputs have shape [${inputShape.join(', ')}]: use { subset: ... }`)
  if (side > Math.min(height, width)) throw new UserError(`${who}: a square of ${side} x ${side} pixels is larger than the input, which has ${height} x ${width}: ask for a smaller one`)
  const unitsPerPixel = count / (height * width)
  const rowLength = side * unitsPerPixel
  return (_, run) => {
    const [top, left] = Array.from(randomness.uniforms('@touchstone/fidelity square', run, 2), (uniform, axis) => Math.floor(uniform * (inputShape[axis]! - side + 1))) as [number, number]
    return Uint32Array.from({ length: side * rowLength }, (_, index) => ((top + Math.floor(index / rowLength)) * width + left) * unitsPerPixel + (index % rowLength))
  }
}
