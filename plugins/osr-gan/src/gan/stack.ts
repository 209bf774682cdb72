import type { Randomness } from '@touchstone/core'
import { tf } from '@touchstone/tensor'

/** How the first weights of a layer are drawn: evenly between -b and b, b = sqrt(6 / ((1 + slope^2) in)) or 1 / sqrt(in). */
export type Initialisation = 'he' | 'torch'

/** Layers of weights y = x W + b with leaky ReLU between them, as variables that a step of an optimiser changes. */
export interface Stack {
  readonly kernels: readonly tf.Variable[]
  readonly biases: readonly tf.Variable[]
  /** What a layer is followed by: leaky ReLU, and dropout where it is on; or nothing. */
  readonly bends: readonly boolean[]
  readonly slope: number
}

/** Weights as plain data, layer by layer: kernel `[in, out]`, then bias `[out]`. */
export interface StackWeights {
  readonly widths: readonly number[]
  readonly values: readonly Float32Array[]
}

/**
 * First weights, by the randomness and `name` alone. Biases are 0 with `he`, and drawn like the kernel with `torch`.
 *
 * @param widths of the input and of every layer
 */
export function drawWeights(widths: readonly number[], initialisation: Initialisation, slope: number, randomness: Randomness, name: string): StackWeights {
  // Millions of numbers: loops, since `from` with a function is thirty times as slow.
  const draw = (what: string, layer: number, count: number, bound: number): Float32Array => {
    const uniforms = randomness.uniforms(`@touchstone/osr-gan ${name} ${what}`, layer, count)
    const values = new Float32Array(count)
    for (let i = 0; i < count; i++) values[i] = bound * (2 * uniforms[i]! - 1)
    return values
  }
  const values = widths.slice(1).flatMap((width, layer) => {
    const from = widths[layer]!
    const bound = initialisation === 'he' ? Math.sqrt(6 / ((1 + slope * slope) * from)) : 1 / Math.sqrt(from)
    return [draw('kernel', layer, from * width, bound), initialisation === 'he' ? new Float32Array(width) : draw('bias', layer, width, bound)]
  })
  return { widths, values }
}

/** Puts weights into variables, which live until `disposeStack`. */
export function openStack({ widths, values }: StackWeights, slope: number, bends: readonly boolean[]): Stack {
  const kernels = widths.slice(1).map((width, layer) => tf.tidy(() => tf.variable(tf.tensor2d(values[2 * layer]!, [widths[layer]!, width]))))
  const biases = widths.slice(1).map((_, layer) => tf.tidy(() => tf.variable(tf.tensor1d(values[2 * layer + 1]!))))
  return { kernels, biases, bends, slope }
}

/** The weights of a stack as plain data. */
export async function readStack({ kernels, biases }: Stack): Promise<StackWeights> {
  const values = await Promise.all(kernels.flatMap((kernel, layer) => [kernel.data<'float32'>(), biases[layer]!.data<'float32'>()]))
  return { widths: [kernels[0]!.shape[0], ...kernels.map(({ shape }) => shape[1]!)], values }
}

export function disposeStack({ kernels, biases }: Stack): void {
  tf.dispose([...kernels, ...biases])
}

/** What a pass forward keeps for the way back: what every layer was given, and by what its output was multiplied. */
export interface Pass {
  readonly given: readonly tf.Tensor2D[]
  readonly factors: readonly (tf.Tensor2D | undefined)[]
  readonly output: tf.Tensor2D
}

/**
 * Rows through a stack.
 *
 * @param masks what the output of each layer that bends is multiplied by, for dropout
 * @param first the product of the rows with the first kernel, where it is known already: then `x` are as many rows, or one that all of them are
 */
export function forwardStack({ kernels, biases, bends, slope }: Stack, x: tf.Tensor2D, masks: readonly tf.Tensor2D[] = [], first?: tf.Tensor2D): Pass {
  const given: tf.Tensor2D[] = []
  const factors: (tf.Tensor2D | undefined)[] = []
  let rows = x
  let dropped = 0
  for (const [layer, kernel] of kernels.entries()) {
    given.push(rows)
    const product = layer === 0 && first ? first : tf.matMul(rows, kernel)
    const sum = tf.add<tf.Tensor2D>(product, biases[layer]!)
    if (bends[layer]!) {
      // Leaky ReLU and dropout in one factor, which is also what the way back is multiplied by.
      const leak = tf.step(sum, slope)
      const mask = masks[dropped++]
      const factor = mask ? tf.mul(leak, mask) : leak
      factors.push(factor as tf.Tensor2D)
      rows = tf.mul(sum, factor)
    } else {
      factors.push(undefined)
      rows = sum
    }
  }
  return { given, factors, output: rows }
}

/** Gradients by kernels and biases, in the order of the layers. */
export interface StackGradients {
  readonly kernels: readonly tf.Tensor[]
  readonly biases: readonly tf.Tensor[]
}

/**
 * A signal at the output back through a stack: the gradients by its weights, and the signal at the output of the first layer before its bend, from which what
 * arrives at the input is the product with the first kernel.
 *
 * @param first makes the gradient by the first kernel from that signal, for rows that need no product
 */
export function backwardStack({ kernels, bends }: Stack, { given, factors }: Pass, signal: tf.Tensor2D, first?: (signal: tf.Tensor2D) => tf.Tensor): StackGradients & { readonly atFirst: tf.Tensor2D } {
  const gradients: { kernels: tf.Tensor[]; biases: tf.Tensor[] } = { kernels: [], biases: [] }
  let dy = signal
  for (let layer = kernels.length - 1; layer >= 0; layer--) {
    if (bends[layer]!) dy = tf.mul<tf.Tensor2D>(dy, factors[layer]!)
    gradients.kernels.unshift(layer === 0 && first ? first(dy) : tf.matMul(given[layer]!, dy, true, false))
    gradients.biases.unshift(tf.sum(dy, 0))
    if (layer > 0) dy = tf.matMul(dy, kernels[layer] as unknown as tf.Tensor2D, false, true)
  }
  return { ...gradients, atFirst: dy }
}

/** A step of an optimiser. */
export function applyGradients(optimiser: tf.Optimizer, { kernels, biases }: Stack, gradients: StackGradients): void {
  optimiser.applyGradients([...kernels.map(({ name }, layer) => ({ name, tensor: gradients.kernels[layer]! })), ...biases.map(({ name }, layer) => ({ name, tensor: gradients.biases[layer]! }))])
}

/** How many weights a stack of these widths has. */
export const weightCount = (widths: readonly number[]): number => widths.slice(1).reduce((sum, width, layer) => sum + (widths[layer]! + 1) * width, 0)
