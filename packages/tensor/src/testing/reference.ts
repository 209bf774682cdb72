/*
 * Slow and plain: what kernels are to compute, written as their definitions say, in double precision.
 */
import type { Values } from './values.js'

/** How a filter or pool moves over an image. */
export interface Window {
  readonly size: readonly [number, number]
  readonly stride: number
  readonly pads: readonly [number, number]
  readonly dilation?: number
}

/** The pads before the first pixel, and the number of outputs, along one axis with padding 'same'. */
export function samePadding(inputs: number, taps: number, stride: number): { outputs: number, before: number } {
  const outputs = Math.ceil(inputs / stride)
  return { outputs, before: Math.floor(Math.max(0, (outputs - 1) * stride + taps - inputs) / 2) }
}

/** Calls `visit` for each output pixel and each tap that meets a pixel inside of the image. */
export function walk(
  image: readonly [number, number], outputs: readonly [number, number], { size, stride, pads, dilation = 1 }: Window,
  visit: (output: [number, number], tap: [number, number], input: [number, number]) => void,
): void {
  for (let outY = 0; outY < outputs[0]; outY++) {
    for (let outX = 0; outX < outputs[1]; outX++) {
      for (let tapY = 0; tapY < size[0]; tapY++) {
        for (let tapX = 0; tapX < size[1]; tapX++) {
          const y = outY * stride + tapY * dilation - pads[0]
          const x = outX * stride + tapX * dilation - pads[1]
          if (y >= 0 && y < image[0] && x >= 0 && x < image[1]) visit([outY, outX], [tapY, tapX], [y, x])
        }
      }
    }
  }
}

/** Reads and writes an array by several indices. */
export function indexed({ shape, data }: { shape: readonly number[], data: Float32Array | Float64Array }): {
  get: (...at: number[]) => number
  add: (value: number, ...at: number[]) => void
} {
  const index = (at: number[]) => at.reduce((flat, i, axis) => flat * shape[axis]! + i, 0)
  return {
    get: (...at) => data[index(at)]!,
    add: (value, ...at) => { data[index(at)]! += value },
  }
}

/** The product of two matrices, each optionally given transposed. `round` is applied to every product and every sum. */
export function product(a: Values, b: Values, transposeA: boolean, transposeB: boolean, round = (value: number) => value): Float64Array {
  const [rows, inner] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!]
  const columns = transposeB ? b.shape[0]! : b.shape[1]!
  const [aRow, aInner] = transposeA ? [1, rows] : [inner, 1]
  const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1]
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns]
    let sum = 0
    for (let k = 0; k < inner; k++) sum = round(sum + round(a.data[row * aRow + k * aInner]! * b.data[k * bInner + column * bColumn]!))
    return sum
  })
}
