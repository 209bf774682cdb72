import { UserError } from '@touchstone/core'
import { expect, test } from 'vitest'
import { mapOf, methodOf, modelOf } from './models.test.data.js'

const image = modelOf([4, 6, 3], 2, (x) => [x[0]!, x[1]!])
const x = new Array<number>(72).fill(1)

test.each([
  ['occlusion', { window: 5 }, 'occlusion: a window of [5, 5, 3] is larger than inputs of shape [4, 6, 3]'],
  ['occlusion', { window: [2, 2, 4] }, 'a window of [2, 2, 4] is larger than'],
  ['occlusion', { window: [2] }, 'occlusion: window = [2] does not fit inputs of shape [4, 6, 3]'],
  ['occlusion', { window: 2, stride: [1, 3] }, 'no stride may be longer than the window'],
  ['occlusion', { stride: [1, 1, 1, 1] }, 'occlusion: stride = [1, 1, 1, 1] does not fit'],
  ['occlusion', { baseline: [1, 2, 3] }, 'occlusion: baseline has shape [3], which does not fit inputs of shape [4, 6, 3]'],
  ['occlusion', { window: 1, stride: 1, maxRows: 24 }, 'that is 24 windows, one map costs 25 rows through the model, more than maxRows = 24'],
  ['feature-ablation', { features: { mask: [[0, 1], [2, 3]] } }, 'feature-ablation: features.mask has shape [2, 2], which does not fit inputs of shape [4, 6, 3]'],
  ['feature-ablation', { features: { blocks: [2] } }, 'feature-ablation: features.blocks = [2] does not fit'],
  ['feature-ablation', { maxRows: 72 }, 'that is 72 features, one map costs 73 rows'],
  ['shapley-sampling', { maxRows: 1000 }, 'that is 72 features in 25 permutations, one map costs 1777 rows'],
  ['shapley-exact', {}, 'shapley-exact: for inputs of shape [4, 6, 3], that is 72 features with 2^72 coalitions, one map costs about 5e+21 rows through the model, more than maxRows = 100000'],
  ['shapley-exact', { features: { blocks: [4, 1] }, maxRows: 63 }, 'one map costs 64 rows'],
  ['kernel-shap', { coalitions: 142 }, 'kernel-shap: inputs of shape [4, 6, 3]: 72 features need at least 144 coalitions, 142 are allowed'],
  ['kernel-shap', { baseline: [0] }, 'kernel-shap: baseline has shape [1]'],
])('%s refuses %j', async (use, options, message) => {
  const before = image.rowsRun()
  const answer = mapOf(use, options, image, x)
  await expect(answer).rejects.toThrow(message)
  await expect(answer).rejects.toBeInstanceOf(UserError)
  expect(image.rowsRun(), 'before any work').toBe(before)
})

test.each([
  ['occlusion', { window: 0 }, 'window: expected a whole number above 0, or a list of them with one per axis, found 0'],
  ['occlusion', { stride: [1, 0.5] }, 'stride: expected a whole number above 0, or a list of them with one per axis'],
  ['occlusion', { window: 2, stride: 3 }, 'stride: a stride of 3 leaves values between windows of 2 without attribution: expected at most 2'],
  ['occlusion', { baseline: 'black' }, 'baseline: expected a number, "mean", or a nested list of numbers whose lists of one depth are equally long, found "black"'],
  ['occlusion', { baseline: [[1, 2], [3]] }, 'baseline: expected a number, "mean", or a nested list'],
  ['occlusion', { baseline: NaN }, 'baseline: expected a number'],
  ['occlusion', { maxRows: 0 }, 'maxRows: expected at least 1, found 0'],
  ['feature-ablation', { features: 'superpixels' }, 'features: expected "values", "pixels", { blocks: 4 }, { blocks: [4, 4] }, or { mask: [[0, 0, 1], ...] }'],
  ['feature-ablation', { features: { mask: [0, 0.5] } }, 'features: expected "values"'],
  ['feature-ablation', { features: { mask: [0, 1], blocks: 2 } }, 'features: expected "values"'],
  ['shapley-sampling', { permutations: 0 }, 'permutations: expected at least 1, found 0'],
  ['shapley-sampling', { permutations: 2.5 }, 'permutations: expected a whole number, found 2.5'],
  ['shapley-sampling', { antithetic: 1 }, 'antithetic: expected true or false, found 1'],
  // A mask tells its features, so these are refused with the config.
  ['shapley-exact', { features: { mask: Array.from({ length: 17 }, (_, i) => i) } }, 'maxRows: the mask has 17 features, so one map costs 131072 rows through the model, more than 100000'],
  ['kernel-shap', { features: { mask: [0, 1, 2, 3, 4] }, coalitions: 8 }, "coalitions: the mask's 5 features need at least 10 coalitions, 8 are allowed"],
  ['kernel-shap', { coalitions: 65 }, 'coalitions: expected an even number, since every coalition comes with its complement, found 65'],
  ['kernel-shap', { coalitions: 0 }, 'coalitions: expected at least 2, found 0'],
])('%s: the option %j is refused before any work', async (use, options, message) => {
  await expect(methodOf(use, options)).rejects.toThrow(message)
})

test('a target that is no class, and a model without logits, are refused', async () => {
  for (const target of [2, -1, 0.5, NaN]) await expect(mapOf('feature-ablation', {}, image, x, { targets: [target] })).rejects.toThrow(`feature-ablation: class ${target} does not exist: the model knows 0 to 1`)
  await expect(mapOf('occlusion', {}, image, x, { targets: [] })).rejects.toThrow('occlusion: expected a target for each of 1 rows, found 0')
  const sure = { ...image, outputs: 'probabilities' as const }
  await expect(mapOf('kernel-shap', {}, sure, x)).rejects.toThrow('explains logits, but the model gives probabilities')
  expect(await mapOf('random', {}, sure, x)).toHaveLength(72)
})
