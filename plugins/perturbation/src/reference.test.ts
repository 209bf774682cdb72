import { denseModel } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import { mapOf, methodOf, modelOf } from './models.test.data.js'

// Numbers of Captum 0.8.0 (faac087), BSD-3-Clause: tests/attr/test_feature_ablation.py, test_occlusion.py and test_shapley.py.

const fours = (value: number) => [value, value, value, value]
/** BasicModel_MultiLayer: F_0 = relu(s - 10) + 3 relu(s + 1) - 1 with s the sum of the inputs. */
const multilayer = denseModel([
  { kernel: [fours(1), fours(1), fours(1)], bias: [-10, 1, 1, 1] },
  { kernel: fours(1).map(() => [1, 1]), bias: [-1, 1] },
])

test.each([
  { case: 'test_simple_ablation', use: 'feature-ablation', options: {}, expected: [[80, 200, 120]] },
  { case: 'test_simple_ablation_with_mask', use: 'feature-ablation', options: { features: { mask: [0, 0, 1] } }, expected: [[280, 280, 120]] },
  { case: 'test_simple_ablation_with_baselines', use: 'feature-ablation', options: { features: { mask: [0, 0, 1] }, baseline: 4 }, expected: [[248, 248, 104]] },
  { case: 'the same, baseline as a list', use: 'feature-ablation', options: { features: { mask: [7, 7, -1] }, baseline: [4, 4, 4] }, expected: [[248, 248, 104]] },
  { case: 'test_multi_sample_ablation', use: 'feature-ablation', options: {}, inputs: [[2, 10, 3], [20, 50, 30]], expected: [[8, 35, 12], [80, 200, 120]] },
  { case: 'test_multi_sample_ablation_with_mask, first example', use: 'feature-ablation', options: { features: { mask: [0, 0, 1] } }, inputs: [[2, 10, 3]], expected: [[41, 41, 12]] },
  { case: 'test_multi_sample_ablation_with_mask, second example', use: 'feature-ablation', options: { features: { mask: [1, 1, 0] } }, expected: [[280, 280, 120]] },
  { case: 'test_simple_input_larger_shape', use: 'occlusion', options: { window: [2], stride: 1, baseline: [10, 10, 10] }, expected: [[200, 220, 240]] },
  { case: 'test_simple_input_shape_with_stride', use: 'occlusion', options: { window: [2], stride: [2] }, expected: [[280, 280, 120]] },
  { case: 'test_simple_shapley_sampling, exact', use: 'shapley-exact', options: {}, expected: [[230 / 3, 590 / 3, 350 / 3]] },
  { case: 'test_multi_sample_shapley_sampling, exact', use: 'shapley-exact', options: {}, inputs: [[2, 10, 3], [20, 50, 30]], expected: [[7, 32.5, 10.5], [230 / 3, 590 / 3, 350 / 3]] },
  { case: 'test_multi_sample_shapley_sampling, all coalitions', use: 'kernel-shap', options: {}, inputs: [[2, 10, 3], [20, 50, 30]], expected: [[7, 32.5, 10.5], [230 / 3, 590 / 3, 350 / 3]] },
])('$use: $case', async ({ use, options, inputs = [[20, 50, 30]], expected }) => {
  const maps = await (await methodOf(use, options)).maps(await multilayer, inputs)
  maps.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i]!, 4))
})

test('shapley-sampling comes within the tolerance of test_simple_shapley_sampling', async () => {
  const map = await mapOf('shapley-sampling', { permutations: 250 }, await multilayer, [20, 50, 30])
  ;[76.66666, 196.66666, 116.66666].forEach((value, i) => expect(Math.abs(map[i]! - value)).toBeLessThan(1))
})

test('two inputs, laid side by side, are one: test_simple_multi_input_conv', async () => {
  // BasicModel_ConvNet_One_Conv of x + x2: 3x3 sums with biases -50 and -75, ReLU, a dense layer, ReLU.
  const model = modelOf([2, 4, 4], 1, (x) => {
    const sum = Array.from({ length: 16 }, (_, i) => x[i]! + x[16 + i]!)
    const hidden = [0, 1, 4, 5].flatMap((corner) => {
      const patch = [0, 1, 2, 4, 5, 6, 8, 9, 10].reduce((total, offset) => total + sum[corner + offset]!, 0)
      return [-50, -75].map((bias) => Math.max(0, patch + bias))
    })
    const weights = [1, 1, 1, -1, 1, -1, 1, -1]
    return [Math.max(0, hidden.reduce((total, value, i) => total + weights[i]! * value, 0))]
  })
  const map = await mapOf('feature-ablation', {}, model, [...Array.from({ length: 16 }, (_, i) => i), ...new Array<number>(16).fill(1)])
  expect(map.map((value) => value + 0)).toEqual([0, 2, 4, 3, 4, 9, 10, 7, 4, 13, 14, 11, 0, 0, 0, 0, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 0, 0, 0, 0])
})
