import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { layers, openEngine, tf } from './index.js'
import { randomValues } from './testing/values.js'

/*
 * The promise on which comparable scores rest: what a network makes of a row, and the row's input gradient, are the same to the last bit
 * whatever other rows stand in the batch and however many.
 */

const batches = [[0, 1], [63, 1], [17, 2], [40, 3], [2, 7], [11, 16], [31, 33], [0, 64]] as const
const activations = ['relu', 'linear', 'elu', 'tanh', 'sigmoid', 'softplus'] as const

const convolution = fc.record({
  kind: fc.constantFrom('conv', 'conv', 'depthwise', 'separable'),
  filters: fc.integer({ min: 1, max: 18 }),
  size: fc.constantFrom(1, 2, 3, 5),
  strides: fc.constantFrom(1, 1, 2, 3),
  padding: fc.constantFrom('same', 'valid'),
  activation: fc.constantFrom(...activations),
  useBias: fc.boolean(),
  normalise: fc.boolean(),
  pool: fc.constantFrom('none', 'max', 'average'),
  poolSize: fc.constantFrom(2, 3),
  poolStrides: fc.constantFrom(1, 2),
})
const architecture = fc.record({
  inputShape: fc.tuple(fc.integer({ min: 6, max: 12 }), fc.integer({ min: 6, max: 12 }), fc.integer({ min: 1, max: 4 })),
  convolutions: fc.array(convolution, { minLength: 1, maxLength: 3 }),
  ending: fc.constantFrom('flatten', 'global average', 'global maximum'),
  hidden: fc.option(fc.record({ units: fc.integer({ min: 1, max: 40 }), activation: fc.constantFrom(...activations) })),
  classes: fc.integer({ min: 2, max: 12 }),
  output: fc.constantFrom('softmax', 'linear'),
  seed: fc.nat(),
})
type Architecture = typeof architecture extends fc.Arbitrary<infer Value> ? Value : never

/** The network of an architecture. Layers that would find nothing left to work on are passed over. */
function build({ inputShape, convolutions, ending, hidden, classes, output, seed }: Architecture): layers.LayersModel {
  const { layers: make } = layers
  const input = layers.input({ shape: [...inputShape] })
  let at = input
  const fits = (size: number) => at.shape[1]! >= size && at.shape[2]! >= size
  const append = (layer: { apply: (x: layers.SymbolicTensor) => unknown }) => { at = layer.apply(at) as layers.SymbolicTensor }
  for (const { kind, filters, size, strides, padding, activation, useBias, normalise, pool, poolSize, poolStrides } of convolutions) {
    if (!fits(size)) continue
    const config = { filters, kernelSize: size, strides, padding, activation, useBias } as const
    if (kind === 'conv') append(make.conv2d(config))
    else if (kind === 'separable') append(make.separableConv2d(config))
    else append(make.depthwiseConv2d({ ...config, depthMultiplier: 1 + filters % 2 }))
    if (normalise) append(make.batchNormalization())
    if (pool === 'none' || !fits(poolSize)) continue
    const poolConfig = { poolSize, strides: poolStrides, padding } as const
    append(pool === 'max' ? make.maxPooling2d(poolConfig) : make.averagePooling2d(poolConfig))
  }
  if (ending === 'flatten') append(make.flatten())
  else append(ending === 'global average' ? make.globalAveragePooling2d({}) : make.globalMaxPooling2d({}))
  if (hidden !== null) append(make.dense(hidden))
  append(make.dense({ units: classes, activation: output }))
  const model = layers.model({ inputs: input, outputs: at })
  model.setWeights(model.getWeights().map((weights, i) => {
    const { data } = randomValues(weights.shape, seed + i)
    // Moving variances, which are among them, must be positive.
    return tf.tensor(model.weights[i]!.name.includes('variance') ? data.map((value) => value + 1.5) : data, weights.shape)
  }))
  return model
}

interface Outcome { readonly outputs: Float32Array, readonly gradients: Float32Array }

/** What the network makes of some rows, and the input gradients of a score that weighs each row's outputs differently. */
function evaluate(model: layers.LayersModel, rows: tf.Tensor4D, weights: tf.Tensor2D): Outcome {
  return tf.tidy(() => {
    const outputs = model.predict(rows, { batchSize: 64 }) as tf.Tensor
    const gradients = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(model.apply(x) as tf.Tensor, weights)))(rows)
    return { outputs: outputs.dataSync<'float32'>(), gradients: gradients.dataSync<'float32'>() }
  })
}

beforeAll(() => openEngine({ backend: 'wasm' }))

it('a row is computed the same in every batch', () => {
  let networks = 0
  fc.assert(fc.property(architecture, (drawn) => {
    tf.engine().startScope()
    const model = build(drawn)
    const shape = drawn.inputShape
    const x = tf.tensor4d(randomValues([64, ...shape], drawn.seed + 100).data, [64, ...shape])
    const weights = tf.tensor2d(randomValues([64, drawn.classes], drawn.seed + 101).data, [64, drawn.classes])
    let reference: Outcome | undefined
    for (const [start, count] of [...batches].reverse()) {
      const outcome = evaluate(model, tf.slice(x, [start, 0, 0, 0], [count, -1, -1, -1]), tf.slice(weights, [start, 0], [count, -1]))
      reference ??= outcome
      const expected = (values: Float32Array) => values.subarray(start * values.length / 64, (start + count) * values.length / 64)
      const label = `rows ${start} to ${start + count}`
      expect(differences(outcome.outputs, expected(reference.outputs)), `outputs of ${label}`).toBe(0)
      expect(differences(outcome.gradients, expected(reference.gradients)), `gradients of ${label}`).toBe(0)
    }
    if (reference!.gradients.some((value) => value !== 0)) networks++
    model.dispose()
    tf.engine().endScope()
  }), { seed: 4, numRuns: 80 })
  // Networks whose gradients all vanish would prove nothing.
  expect(networks).toBeGreaterThan(65)
})

/** In how many places the bits differ. */
function differences(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length)
  return actual.reduce((count, value, i) => Object.is(value, expected[i]) ? count : count + 1, 0)
}
