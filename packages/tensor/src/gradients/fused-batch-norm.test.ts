import { batchNorm, mul, sum, tidy } from '#tfjs/core'
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { layers, openEngine } from '../index.js'
import { expectClose, expectNoLeak, gradient, runOn, slopes } from '../testing/checks.js'
import { randomValues, toTensor } from '../testing/values.js'
import type { Values } from '../testing/values.js'

const names = ['x', 'mean', 'variance', 'offset', 'scale'] as const
type Name = typeof names[number]

const x = randomValues([2, 3, 2, 4], 1)
const upstream = randomValues([2, 3, 2, 4], 2)
const parameters = (shape: readonly number[]): Record<Name, Values> => ({
  x,
  mean: randomValues(shape, 3),
  variance: { shape, data: randomValues(shape, 4).data.map((value) => value + 2) },
  offset: randomValues(shape, 5),
  scale: randomValues(shape, 6),
})

/** A scalar that weighs every normalised value differently. */
function score(tensors: Partial<Record<Name, Tensor4D>>, dy: Tensor4D) {
  const part = (name: Name) => tensors[name] as unknown as Tensor1D
  return sum(mul(batchNorm(tensors.x!, part('mean'), part('variance'), part('offset'), part('scale'), 0.01), dy))
}

beforeAll(() => openEngine())

const shapes: [string, number[]][] = [['for each channel', [4]], ['for each value', [2, 3, 2, 4]], ['broadcast over rows', [1, 3, 2, 4]]]

describe.each(shapes)('batch normalisation %s', (_, shape) => {
  it.each(names)('the gradient with respect to %s agrees with finite differences', async (name) => {
    const values = parameters(shape)
    const scoreAt = (data: Float32Array) => tidy(() => {
      const tensors = Object.fromEntries(names.map((other) => [other, toTensor(other === name ? { ...values[other], data } : values[other])]))
      return score(tensors, toTensor(upstream)).dataSync()[0]!
    })
    const actual = await runOn('engine', [...names.map((other) => values[other]), upstream], (...tensors) => {
      const dy = tensors.pop()!
      const byName = Object.fromEntries(names.map((other, i) => [other, tensors[i]!]))
      return gradient((at) => score({ ...byName, [name]: at }, dy))(byName[name]!)
    })
    expectClose(actual, slopes(scoreAt, values[name].data), 3e-3)
  })
})

describe('batch normalisation', () => {
  it.each([[['scale']], [['offset']], [['scale', 'offset']]] as Name[][][])('without %s', async (absent) => {
    const values = parameters([4])
    const present = names.filter((name) => !absent.includes(name))
    const compute = (replace: boolean) => (...tensors: Tensor4D[]) => {
      const dy = tensors.pop()!
      const byName = Object.fromEntries(present.map((name, i) => [name, tensors[i]!]))
      const neutral = { scale: toTensor({ shape: [4], data: new Float32Array(4).fill(1) }), offset: toTensor({ shape: [4], data: new Float32Array(4) }) }
      return gradient((at) => score({ ...replace ? neutral : {}, ...byName, x: at }, dy))(byName.x!)
    }
    const inputs = [...present.map((name) => values[name]), upstream]
    expectClose(await runOn('engine', inputs, compute(false)), await runOn('engine', inputs, compute(true)))
  })

  it('without scale in a layer, as trained networks have it', async () => {
    const layer = layers.layers.batchNormalization({ scale: false, center: false, inputShape: [4] })
    const model = layers.sequential({ layers: [layer] })
    const actual = await runOn('engine', [randomValues([3, 4])], (rows) => gradient((at) => sum(model.apply(at) as Tensor4D))(rows))
    expectClose(actual, new Float32Array(12).fill(1 / Math.sqrt(1.001)))
    model.dispose()
  })

  it('leaves nothing behind', async () => {
    const values = parameters([4])
    const compute = (...tensors: Tensor4D[]) => gradient((at) => score({ x: at, mean: tensors[1]!, variance: tensors[2]! }, tensors[3]!))(tensors[0]!)
    await expectNoLeak([values.x, values.mean, values.variance, upstream], compute)
    expect.assertions(5)
  })
})
