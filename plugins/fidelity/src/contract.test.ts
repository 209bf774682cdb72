import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blur } from './blur.js'
import { impute } from './imputation.js'
import { linear, modelOf, numbers, scoreOf, type Asked } from './scores.test.data.js'

const shape = [6, 5, 2]
const size = 60
/** Three classes, not linear. */
const smooth = (seed: number) => {
  const weights = [0, 1, 2].map((draw) => numbers(size, seed, draw))
  return modelOf(shape, (x) => weights.map((w) => 3 * Math.tanh(x.reduce((sum, value, i) => sum + (w[i]! * value) / 5, 0))))
}

const scores: readonly (readonly [string, Asked['options'], readonly [number, number]])[] = [
  ['fidelity', { runs: 25 }, [-1, 1]],
  ['fidelity', { runs: 25, unit: 'scalar', baseline: { blur: 1 }, subset: 7 }, [-1, 1]],
  ['fidelity', { runs: 25, baseline: 'mean', subset: 7 }, [-1, 1]],
  ['sensitivity-n', { runs: 10, sizes: [2, 9], baseline: 'minimum' }, [-1, 1]],
  ['infidelity', { runs: 15 }, [0, Infinity]],
  ['infidelity', { runs: 15, perturbation: { noise: 0.1 }, normalise: true }, [0, Infinity]],
  ['infidelity', { runs: 15, perturbation: { square: 3 } }, [0, Infinity]],
  ['insertion', { steps: 7 }, [0, 1]],
  ['deletion', { baseline: 0.5 }, [0, 1]],
  ['pixel-flipping', { perStep: 4 }, [0, 1]],
  ['monotonicity', { perStep: 7 }, [0, 1]],
  ['monotonicity-correlation', { samples: 3 }, [-1, 1]],
  ['road', {}, [0, 1]],
]

test.each(scores)('%s %j lies in its range, does not depend on batchRows, and leaves its input alone', async (use, options, [low, high]) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1000), fc.constantFrom(1, 3, 64), async (seed, batchRows) => {
      const input = numbers(size, seed, 7).map((value) => Math.abs(value) % 1)
      const map = numbers(size, seed, 8)
      const result = await scoreOf(use, smooth(seed), input, map, { options: { ...options }, seed })
      if (options && options.baseline !== 'mean') expect(result.value).toBeDefined()
      if (result.value !== undefined) {
        expect(result.value).toBeGreaterThanOrEqual(low)
        expect(result.value).toBeLessThanOrEqual(high)
      }
      expect(await scoreOf(use, smooth(seed), input, map, { options: { ...options }, seed, batchRows })).toEqual(result)
    }),
    { numRuns: 8 },
  )
})

test.each([
  ['fidelity', {}, 'the output falls by the same whatever is taken away: the baseline makes no difference to the model, or the subset is the whole input'],
  ['fidelity', { subset: 4, baseline: 1 }, 'the output falls by the same whatever is taken away: the baseline makes no difference to the model, or the subset is the whole input'],
  ['sensitivity-n', { sizes: [1, 2] }, 'the output falls by the same whatever is taken away: the baseline makes no difference to the model, or the subset is the whole input'],
])('%s %j where the output never changes is undefined', async (use, options, reason) => {
  const input = 'baseline' in options ? [0.1, 0.2, 0.3, 0.4] : [0, 0, 0, 0]
  expect(await scoreOf(use, linear([1, 2, 3, 4]), input, [1, 2, 3, 4], { options })).toMatchObject({ reason })
})

test.each([['fidelity', {}], ['sensitivity-n', { sizes: [1, 2] }], ['infidelity', {}], ['insertion', {}], ['deletion', {}], ['pixel-flipping', {}], ['monotonicity', {}]])('%s %j tells of a baseline that the model gives the same class', async (use, options) => {
  const tellOf = async (atBlack: number) => (await scoreOf(use, modelOf([4], ([a, b, c, d]) => [a! - 2 * b! + c! - 3 * d! + atBlack, 0]), [1, -2, 0.5, -1], [1, 2, 3, 4], { options })).diagnostics
  expect(await tellOf(0.1)).toEqual({ baseline: 'the model gives it the class under explanation' })
  expect(await tellOf(-0.1)).toBeUndefined()
})

test('areas where input and baseline give the same output are defined', async () => {
  for (const use of ['deletion', 'insertion']) expect((await scoreOf(use, linear([1, 2, 3, 4]), [0, 0, 0, 0], [1, 2, 3, 4])).value).toBeCloseTo(0.5, 6)
  expect(await scoreOf('infidelity', linear([1, 2, 3, 4]), [0, 0, 0, 0], [1, 2, 3, 4])).toMatchObject({ value: 0 })
})

test.each([
  ['fidelity', 'the attributions of every subset add up to the same'],
  ['sensitivity-n', 'the attributions of every subset add up to the same'],
  ['insertion', 'the map is constant: it ranks nothing'],
  ['deletion', 'the map is constant: it ranks nothing'],
  ['pixel-flipping', 'the map is constant: it ranks nothing'],
  ['monotonicity', 'the map is constant: it ranks nothing'],
  ['monotonicity-correlation', 'the absolute attributions are all equal'],
  ['road', 'the map is constant: it ranks nothing'],
])('%s of a constant map is undefined', async (use, reason) => {
  expect(await scoreOf(use, smooth(1), numbers(size, 1, 7), new Array<number>(size).fill(0.25))).toMatchObject({ reason })
})

test.each([
  ['fidelity', { subset: 31 }, 'fidelity: a subset of 31 pixels is larger than the input, which has 30: ask for fewer, or for a share'],
  ['infidelity', { perturbation: { subset: 61 }, unit: 'scalar' }, 'infidelity: a subset of 61 values is larger than the input, which has 60: ask for fewer, or for a share'],
  ['sensitivity-n', { sizes: [3, 300] }, 'sensitivity-n: a subset of 300 pixels is larger than the input, which has 30: ask for fewer, or for a share'],
  ['deletion', { baseline: [1, 2, 3] }, 'deletion: baseline has shape [3], which does not fit inputs of shape [6, 5, 2]: each axis needs the input\'s length or 1, and the channel axis may be left out'],
  ['fidelity', { subset: 0 }, 'subset: expected a whole number above 0, or { share: 0.5 } with a share above 0 and at most 1, found 0'],
  ['fidelity', { runs: 1 }, 'runs: expected at least 2, found 1'],
  ['fidelity', { baseline: { blur: 0 } }, 'baseline: expected a number, "mean", "minimum", { blur: 5 }, or a nested list of numbers whose lists of one depth are equally long'],
  ['infidelity', { perturbation: { noise: 0 } }, 'perturbation: expected { subset: 10 }, { subset: { share: 0.5 } }, { square: 4 } or { noise: 0.1 }'],
  ['infidelity', { perturbation: { square: 6 } }, 'infidelity: a square of 6 x 6 pixels is larger than the input, which has 6 x 5: ask for a smaller one'],
  ['infidelity', { perturbation: { square: 1.5 } }, 'perturbation: expected { subset: 10 }'],
  ['road', { percentages: [100] }, 'percentages.0: expected less than 100'],
])('%s %j is refused', async (use, options, message) => {
  await expect(scoreOf(use, smooth(1), numbers(size, 1, 7), numbers(size, 1, 8), { options })).rejects.toThrow(message)
})

test('what needs an image, or logits, says so', async () => {
  await expect(scoreOf('infidelity', linear([1, 2]), [1, 1], [1, 2], { options: { perturbation: { square: 1 } } })).rejects.toThrow('infidelity: squares are taken out of images, but inputs have shape [2]: use { subset: ... }')
  await expect(scoreOf('road', linear([1, 2]), [1, 1], [1, 2])).rejects.toThrow('road: it imputes pixels of images, but inputs have shape [2]: use "deletion"')
  await expect(scoreOf('deletion', linear([1, 2]), [1, 1], [1, 2], { options: { baseline: { blur: 2 } } })).rejects.toThrow('deletion: baseline { blur: 2 } needs images, but inputs have shape [2]: give a number or "mean"')
  const probabilities = modelOf([2], () => [0.5, 0.5], 'probabilities')
  await expect(scoreOf('deletion', probabilities, [1, 1], [1, 2], { options: { output: 'logit' } })).rejects.toThrow('output "logit" needs logits, but the model gives probabilities')
  expect((await scoreOf('deletion', probabilities, [1, 1], [1, 2])).value).toBeCloseTo(0.5, 6)
})

test('blurring keeps a plain image and the mean of a spot far from the border', () => {
  expect([...blur(new Float32Array(24).fill(0.5), { height: 4, width: 3, channels: 2 }, 2)].every((value) => Math.abs(value - 0.5) < 1e-6)).toBe(true)
  const spot = new Float32Array(21 * 21)
  spot[10 * 21 + 10] = 1
  const blurred = blur(spot, { height: 21, width: 21, channels: 1 }, 1)
  expect(blurred.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
  expect(blurred[10 * 21 + 10]).toBeCloseTo(1 / (2 * Math.PI), 2)
})

test('imputed pixels are the weighted means of their neighbours, and a plain ground stays plain', () => {
  const image = { height: 5, width: 6, channels: 2 }
  const missing = Uint32Array.of(0, 1, 8, 9, 14, 29)
  const filled = impute(Float32Array.from(numbers(60, 4)), missing, image)
  for (const pixel of missing) {
    for (let channel = 0; channel < 2; channel++) {
      let [sum, total] = [0, 0]
      for (const dy of [-1, 0, 1]) {
        for (const dx of [-1, 0, 1]) {
          const [y, x] = [Math.floor(pixel / 6) + dy, (pixel % 6) + dx]
          if ((dy === 0 && dx === 0) || y < 0 || y >= 5 || x < 0 || x >= 6) continue
          const weight = dy === 0 || dx === 0 ? 1 / 6 : 1 / 12
          sum += weight * filled[2 * (6 * y + x) + channel]!
          total += weight
        }
      }
      expect(filled[2 * pixel + channel]).toBeCloseTo(sum / total, 5)
    }
  }
  impute(new Float32Array(60).fill(0.3), missing, image).forEach((value) => expect(value).toBeCloseTo(0.3, 6))
})
