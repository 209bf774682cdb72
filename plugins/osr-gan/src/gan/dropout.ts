import { tf } from '@touchstone/tensor'
import type { Stack } from './stack.js'

/**
 * What the hidden values of some rows are multiplied by, layer by layer: 0 with probability `share`, else 1 / (1 - share).
 *
 * @param uniforms gives even numbers, row by row as many as all hidden layers have values
 */
export function dropoutMasks({ kernels, bends }: Stack, rows: number, share: number, uniforms: (count: number) => Float64Array): tf.Tensor2D[] {
  const widths = kernels.map(({ shape }) => shape[1]!).filter((_, layer) => bends[layer])
  const total = widths.reduce((a, b) => a + b, 0)
  const masks = widths.map((width) => new Float32Array(rows * width))
  const kept = 1 / (1 - share)
  const numbers = uniforms(rows * total)
  let at = 0
  for (let row = 0; row < rows; row++) {
    for (const [layer, width] of widths.entries()) {
      const mask = masks[layer]!
      for (let i = row * width; i < (row + 1) * width; i++) mask[i] = numbers[at++]! < share ? 0 : kept
    }
  }
  return masks.map((mask, layer) => tf.tensor2d(mask, [rows, widths[layer]!]))
}
