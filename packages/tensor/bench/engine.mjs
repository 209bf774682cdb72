/*
 * How fast the wasm backend computes what training and attribution are made of, as ratios in one run: products of matrices as they are and transposed,
 * a training step of dense layers, gradients and training steps of convolutional networks against their own forward pass, and ReLU6 without kinks against
 * the same of tfjs's operations.
 *
 * What is compared runs in turn, and the fastest round of each counts, so that the ratios mean something on a busy machine too.
 *
 * node packages/tensor/bench/engine.mjs (after a build)
 */
import { fileURLToPath } from 'node:url'

const rounds = 8

/**
 * @returns {Promise<{ products: object[], dense: object[], networks: object[], smooth: object[] }>} GFLOP/s of products and of dense training steps, milliseconds of
 * networks and how many times their forward pass that is, milliseconds of ReLUs
 */
export async function bench() {
  const { layers, openEngine, smoothRelu, tf } = await import('../dist/index.js')
  await openEngine({ backend: 'wasm' })
  const products = [[64, 1024, 2048], [64, 2048, 3072], [512, 512, 512]].map((sizes) => benchProduct(tf, sizes))
  const dense = [benchDense(tf, 'generator', [100, 128, 256, 512, 1024, 2048, 3072]), benchDense(tf, 'discriminator', [3072, 2048, 1024, 512, 256, 128, 1])]
  const networks = Object.entries(architectures(layers)).map(([name, model]) => benchNetwork(tf, name, model))
  return { products, dense, networks, smooth: benchSmoothRelu(tf, smoothRelu) }
}

/** The rows as small tables. */
export function format({ products, dense, networks, smooth }) {
  const cell = (value, width) => (typeof value === 'number' ? value.toFixed(1) : value).padStart(width)
  const ratio = (value, forward) => `${(value / forward).toFixed(1)}x`
  return [
    'products, GFLOP/s                a b  a trans(b)  trans(a) b   batched',
    ...products.map(({ name, plain, right, left, batched }) => name.padEnd(24) + cell(plain, 12) + cell(right, 12) + cell(left, 12) + cell(batched, 10)),
    '',
    'dense layers, 64 rows    forward GFLOP/s   training step with Adam GFLOP/s',
    ...dense.map(({ name, forward, training }) => name.padEnd(25) + cell(forward, 15) + cell(training, 34)),
    '',
    'networks, ms                 forward  input gradient    training step    weights of a gradient penalty',
    ...networks.map(({ name, forward, input, training, penalty }) => [
      name.padEnd(24), cell(forward, 12), cell(input, 10), cell(ratio(input, forward), 6), cell(training, 11), cell(ratio(training, forward), 6),
      cell(penalty, 20), cell(ratio(penalty, forward), 7),
    ].join('')),
    '',
    "ReLU6 without kinks, a million values, ms    ours  tfjs's operations",
    ...smooth.map(({ name, ours, operations }) => [name.padEnd(40), cell(ours, 9), cell(operations, 19), cell(ratio(operations, ours), 8)].join('')),
  ].join('\n')
}

/** The fastest of some rounds in which all tasks run in turn, in milliseconds. */
function fastest(tf, tasks) {
  const best = Object.fromEntries(Object.keys(tasks).map((name) => [name, Infinity]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const begin = performance.now()
      tf.tidy(task)
      best[name] = Math.min(best[name], performance.now() - begin)
    }
  }
  return best
}

function benchProduct(tf, [rows, inner, columns]) {
  const random = (...shape) => tf.randomUniform(shape, -1, 1)
  const [a, b, aTurned, bTurned] = [random(rows, inner), random(inner, columns), random(inner, rows), random(columns, inner)]
  const [aParts, bParts] = [random(4, rows, inner / 4), random(4, inner / 4, columns)]
  const ms = fastest(tf, {
    plain: () => tf.matMul(a, b),
    right: () => tf.matMul(a, bTurned, false, true),
    left: () => tf.matMul(aTurned, b, true, false),
    batched: () => tf.matMul(aParts, bParts),
  })
  tf.dispose([a, b, aTurned, bTurned, aParts, bParts])
  const speed = Object.entries(ms).map(([name, value]) => [name, 2 * rows * inner * columns / value / 1e6])
  return { name: `${rows} x ${inner} x ${columns}`, ...Object.fromEntries(speed) }
}

function benchDense(tf, name, sizes) {
  const pairs = sizes.slice(1).map((size, i) => [sizes[i], size])
  const weights = pairs.map((shape) => tf.variable(tf.randomUniform(shape, -0.03, 0.03)))
  const biases = pairs.map(([, size]) => tf.variable(tf.zeros([size])))
  const x = tf.randomUniform([64, sizes[0]])
  const optimizer = tf.train.adam(1e-4)
  const run = () => weights.reduce((at, weight, i) => tf.leakyRelu(tf.add(tf.matMul(at, weight), biases[i]), 0.2), x)
  const ms = fastest(tf, { forward: run, training: () => optimizer.minimize(() => tf.mean(tf.square(run())), true) })
  tf.dispose([...weights, ...biases, x])
  optimizer.dispose()
  const flop = 2 * 64 * pairs.reduce((total, [inputs, outputs]) => total + inputs * outputs, 0)
  const firstInput = 2 * 64 * sizes[0] * sizes[1]
  return { name, forward: flop / ms.forward / 1e6, training: (3 * flop - firstInput) / ms.training / 1e6 }
}

function architectures(layers) {
  const { conv2d, batchNormalization, maxPooling2d, flatten, dense, depthwiseConv2d, globalAveragePooling2d } = layers.layers
  const conv = (filters, options = {}) => conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...options })
  const pool = () => maxPooling2d({ poolSize: 2 })
  return {
    'MNIST CNN': layers.sequential({ layers: [
      conv(16, { inputShape: [28, 28, 1], padding: 'valid' }), pool(), conv(32, { padding: 'valid' }), pool(), flatten(), dense({ units: 64, activation: 'relu' }), dense({ units: 10 }),
    ] }),
    'CIFAR CNN': layers.sequential({ layers: [
      conv(32, { inputShape: [32, 32, 3] }), batchNormalization(), conv(32), batchNormalization(), pool(),
      conv(64), batchNormalization(), conv(64), batchNormalization(), pool(), flatten(), dense({ units: 10 }),
    ] }),
    'separable CNN': layers.sequential({ layers: [
      conv(16, { inputShape: [32, 32, 3], strides: 2 }), ...[32, 64].flatMap((filters) => [
        depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 2 }), batchNormalization(), conv2d({ filters, kernelSize: 1, activation: 'relu6' }),
      ]), globalAveragePooling2d({}), dense({ units: 10 }),
    ] }),
  }
}

function benchNetwork(tf, name, model) {
  const x = tf.randomUniform([64, ...model.inputs[0].shape.slice(1)])
  const labels = tf.oneHot(tf.mod(tf.range(0, 64, 1, 'int32'), tf.scalar(10, 'int32')), 10)
  const optimizer = tf.train.sgd(1e-6)
  const input = () => tf.grad((at) => tf.sum(tf.mul(model.apply(at), labels)))(x)
  const ms = fastest(tf, {
    forward: () => model.predict(x, { batchSize: 64 }),
    input,
    training: () => optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, model.apply(x, { training: true })), true),
    penalty: () => optimizer.minimize(() => tf.sum(tf.square(input())), true),
  })
  tf.dispose([x, labels])
  model.dispose()
  return { name, ...ms }
}

/** A ReLU6 without kinks, its gradient, and the gradient of that, with their forward passes. */
function benchSmoothRelu(tf, smoothRelu) {
  const [x, dy] = [tf.randomNormal([1_000_000], 0, 3), tf.randomNormal([1_000_000])]
  const passes = (f) => {
    const gradient = (at) => tf.grad((one) => tf.sum(tf.mul(f(one), dy)))(at)
    return { value: () => f(x), gradient: () => gradient(x), second: () => tf.grad((at) => tf.sum(tf.mul(gradient(at), dy)))(x) }
  }
  const [ours, operations] = [passes((at) => smoothRelu(at, { max: 6 })), passes((at) => tf.sub(tf.softplus(at), tf.softplus(tf.sub(at, 6))))]
  const rows = [['value', 'value'], ['and its gradient', 'gradient'], ['and the gradient of that', 'second']].map(([name, key]) => ({ name, ...fastest(tf, { ours: ours[key], operations: operations[key] }) }))
  tf.dispose([x, dy])
  return rows
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(format(await bench()))
