import { createRandomness } from '@touchstone/core'
import { createNetwork, networkOf, surrogate, type TensorMap } from '@touchstone/network'
import { convModel } from '@touchstone/testkit'
import { tf } from '@touchstone/tensor'
import { expect, test } from 'vitest'
import { gradCamMap, gradientMap, guidedBackpropMap, guidedGradCamMap, inputXGradientMap, saliencyMap } from './index.js'
import { valuesOf } from './networks.test.data.js'

const maps: Readonly<Record<string, TensorMap>> = {
  gradient: gradientMap,
  saliency: saliencyMap,
  'input-x-gradient': inputXGradientMap,
  'guided-backprop': guidedBackpropMap,
  'grad-cam': gradCamMap({ interpolation: 'bilinear' }),
  'guided-grad-cam': guidedGradCamMap({ interpolation: 'bilinear' }),
}

test.each(Object.entries(maps))('%s can be differentiated by the input on a surrogate, as finite differences say', async (_name, map) => {
  const { graph } = networkOf(await convModel(3))
  const smooth = createNetwork(surrogate({ nodes: graph.places.map(({ node }) => node), output: graph.output }, { beta: 2 }))
  const tensor = (purpose: string) => tf.tensor(Float32Array.from(createRandomness(1, 'x').normals(purpose, 0, 128)), [1, 8, 8, 2])
  const [x, direction, weights] = [tensor('x'), tensor('direction'), tensor('weights')]
  const value = (at: tf.Tensor): tf.Scalar => tf.sum(tf.mul(map(smooth, at, [0]), weights))
  const slope = (await valuesOf(() => tf.sum(tf.mul(tf.grad((at: tf.Tensor) => value(at))(x), direction))))[0]!
  const h = 1e-3
  const [above, below] = [await valuesOf(() => value(tf.add(x, tf.mul(direction, h)))), await valuesOf(() => value(tf.sub(x, tf.mul(direction, h))))]
  expect(Math.abs(slope)).toBeGreaterThan(1e-3)
  expect(slope / ((above[0]! - below[0]!) / (2 * h))).toBeCloseTo(1, 1)
})
