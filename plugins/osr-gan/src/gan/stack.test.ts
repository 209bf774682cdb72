import { createRandomness } from '@touchstone/core'
import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { backwardStack, disposeStack, drawWeights, forwardStack, openStack } from './stack.js'
import { dropoutMasks } from './dropout.js'
import { playersOf } from './widths.js'

beforeAll(async () => {
  await openEngine()
})

const randomness = createRandomness(2, 'stack')

test('the way back gives the gradients that automatic differentiation gives, with dropout and without', () => {
  const widths = [5, 7, 6, 3]
  const stack = openStack(drawWeights(widths, 'torch', 0.2, randomness, 'test'), 0.2, [true, true, false])
  const before = tf.memory().numTensors
  tf.tidy(() => {
    const x = tf.tensor2d(Float32Array.from(randomness.normals('x', 0, 20)), [4, 5])
    const signal = tf.tensor2d(Float32Array.from(randomness.normals('signal', 0, 12)), [4, 3])
    for (const masks of [[], dropoutMasks(stack, 4, 0.4, (count) => randomness.uniforms('masks', 0, count))]) {
      const loss = (...[input, ...weights]: tf.Tensor[]): tf.Scalar => {
        let rows = input!
        for (let layer = 0; layer < 3; layer++) {
          rows = tf.add(tf.matMul(rows, weights[2 * layer]!), weights[2 * layer + 1]!)
          if (layer < 2) rows = tf.leakyRelu(rows, 0.2)
          if (layer < 2 && masks[layer]) rows = tf.mul(rows, masks[layer]!)
        }
        return tf.sum(tf.mul(rows, signal))
      }
      const expected = tf.grads(loss)([x, ...stack.kernels.flatMap((kernel, layer) => [kernel, stack.biases[layer]!])])
      const back = backwardStack(stack, forwardStack(stack, x, masks), signal)
      const found = [tf.matMul(back.atFirst, stack.kernels[0]!, false, true), ...back.kernels.flatMap((kernel, layer) => [kernel, back.biases[layer]!])]
      for (const [i, gradient] of expected.entries()) expect(tf.max(tf.abs(tf.sub(gradient, found[i]!))).dataSync()[0]).toBeLessThan(1e-5)
    }
  })
  expect(tf.memory().numTensors).toBe(before)
  disposeStack(stack)
})

test('first weights are even within their bounds', () => {
  const he = drawWeights([100, 200], 'he', 0.2, randomness, 'he')
  const torch = drawWeights([100, 200], 'torch', 0.2, randomness, 'torch')
  const bounds = { he: Math.sqrt(6 / (1.04 * 100)), torch: 0.1 }
  for (const [weights, bound] of [[he, bounds.he], [torch, bounds.torch]] as const) {
    const kernel = weights.values[0]!
    expect(kernel.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBeLessThanOrEqual(bound)
    // Four standard errors of the mean square of 20,000 even numbers.
    expect(Math.abs(kernel.reduce((sum, w) => sum + w * w, 0) / kernel.length - bound ** 2 / 3)).toBeLessThan(4 * bound ** 2 * Math.sqrt((1 / 5 - 1 / 9) / kernel.length))
  }
  expect(he.values[1]!.every((bias) => bias === 0)).toBe(true)
  expect(torch.values[1]!.some((bias) => bias !== 0)).toBe(true)
})

test('dropout drops its share and keeps the mean', () => {
  const stack = openStack(drawWeights([3, 400, 300, 2], 'he', 0.2, randomness, 'dropout'), 0.2, [true, true, false])
  const masks = dropoutMasks(stack, 50, 0.3, (count) => randomness.uniforms('dropout', 0, count))
  expect(masks.map(({ shape }) => shape)).toEqual([[50, 400], [50, 300]])
  for (const mask of masks) {
    const values = mask.dataSync()
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]))
    expect(Math.abs(values.filter((value) => value === 0).length / values.length - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / values.length))
  }
  tf.dispose(masks)
  disposeStack(stack)
})

test('players have the widths of the paper, and small ones for large inputs', () => {
  const hidden = [128, 256, 512, 1024, 2048]
  const architecture = { hidden, generator: 'auto', discriminator: 'auto' } as const
  // The numbers of weights that follow from the layers alone.
  expect(playersOf(784, architecture)).toMatchObject({ generator: { widths: [100, ...hidden, 784] }, discriminator: { widths: [784, ...hidden, 1] }, weights: 4_408_464 + 2_891_649 })
  expect(playersOf(3072, { ...architecture, discriminator: 'ascending' }).weights).toBe(9_096_576 + 3_184_513)
  expect(playersOf(784, { ...architecture, discriminator: 'mirror' }).weights).toBe(4_408_464 + 4_395_009)
  const large = playersOf(224 * 224 * 3, architecture)
  expect(large.generator.widths).toEqual([100, ...hidden, 64, 150_528])
  expect(large.discriminator.widths).toEqual([150_528, ...hidden, 1])
})
