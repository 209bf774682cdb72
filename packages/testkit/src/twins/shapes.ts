export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1)

/** All positions of a shape, in row-major order. */
export function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((before, length) => before.flatMap((position) => Array.from({ length }, (_, at) => [...position, at])), [[]])
}

/** The place of a position in row-major order. Axes of length 1, and axes that are not there in front, repeat. */
export function indexAt(shape: readonly number[], position: readonly number[]): number {
  const from = position.length - shape.length
  return shape.reduce((index, length, axis) => index * length + (length === 1 ? 0 : position[from + axis]!), 0)
}
