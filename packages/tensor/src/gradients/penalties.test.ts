import { beforeAll, describe, expect, it } from 'vitest'
import { layers, openEngine, tf } from '../index.js'
import { expectClose, use } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

/*
 * What robust training does: the derivative, with respect to the weights, of a penalty on the input gradient. Compared with finite differences of the
 * penalty along a random direction of all weights.
 */

const { layers: make } = layers

const networks: Record<string, () => layers.LayersModel> = {
  'dense softplus': () => layers.sequential({ layers: [
    make.dense({ inputShape: [6], units: 8, activation: 'softplus' }),
    make.dense({ units: 5, activation: 'softplus' }),
    make.dense({ units: 3 }),
  ] }),
  'dense sigmoid, tanh and softmax': () => layers.sequential({ layers: [
    make.dense({ inputShape: [6], units: 8, activation: 'sigmoid' }),
    make.dense({ units: 5, activation: 'tanh' }),
    make.dense({ units: 3, activation: 'softmax' }),
  ] }),
  'convolutions, softplus, average pooling': () => layers.sequential({ layers: [
    make.conv2d({ inputShape: [8, 8, 2], filters: 5, kernelSize: 3, activation: 'softplus' }),
    make.averagePooling2d({ poolSize: 2 }),
    make.depthwiseConv2d({ kernelSize: 2, activation: 'softplus' }),
    make.flatten(),
    make.dense({ units: 3 }),
  ] }),
  'convolutions, elu, max-pooling, batch normalisation': () => layers.sequential({ layers: [
    make.conv2d({ inputShape: [8, 8, 2], filters: 5, kernelSize: 3, activation: 'elu', strides: 1 }),
    make.batchNormalization(),
    make.maxPooling2d({ poolSize: 3, strides: 3 }),
    make.flatten(),
    make.dense({ units: 3, activation: 'softmax' }),
  ] }),
}

beforeAll(() => openEngine())

describe.each(Object.keys(networks))('%s: the weight derivative of an input gradient penalty', (name) => {
  it.each(['engine', 'cpu'] as const)('on %s', async (computer) => {
    await use(computer)
    tf.engine().startScope()
    const model = networks[name]!()
    const variables = model.trainableWeights.map((weight) => tf.engine().registeredVariables[weight.name]!)
    const values = variables.map((weight, i) => randomValues(weight.shape, 20 + i).data)
    const directions = variables.map((weight, i) => randomValues(weight.shape, 40 + i).data)
    const move = (offset: number) => {
      for (const [i, weight] of variables.entries()) weight.assign(tf.tensor(values[i]!.map((value, j) => value + offset * directions[i]![j]!), weight.shape))
    }
    const rows = [3, ...model.inputs[0]!.shape.slice(1) as number[]]
    const x = tf.tensor(randomValues(rows, 3).data, rows)
    const labels = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3])
    const penalty = () => {
      const gradient = tf.grad((at) => tf.sum(tf.mul(model.apply(at) as tf.Tensor, labels)))(x)
      return tf.add<tf.Scalar>(tf.sum(tf.square(gradient)), tf.sum(tf.softplus(gradient)))
    }
    move(0)
    const { grads } = tf.variableGrads(penalty, variables)
    const exact = variables.reduce((total, weight, i) => {
      // The last bias of logits plays no part in their input gradient.
      const slope = (grads as Record<string, tf.Tensor | undefined>)[weight.name]?.dataSync()
      return total + directions[i]!.reduce((sum, value, j) => sum + value * (slope?.[j] ?? 0), 0)
    }, 0)
    const step = 2 ** -7
    const [above, below] = [step, -step].map((offset) => {
      move(offset)
      return tf.tidy(() => penalty().dataSync()[0]!)
    })
    const differences = (above! - below!) / (2 * step)
    model.dispose()
    tf.engine().endScope()
    await use('engine')
    expect(Math.abs(differences)).toBeGreaterThan(1e-3)
    expectClose([exact / differences], [1], 5e-3)
  })
})
