/*
 * What gradients cost beside a plain forward pass, as ratios within one run: output and input gradient together, and the gradient of a function of
 * the input gradient by the input and by the weights.
 *
 * node packages/network/bench/gradients.mjs (after a build); with --large also ResNet50 and VGG16, which want minutes and gigabytes
 */
import { fileURLToPath } from 'node:url'
import { openEngine, tf } from '@touchstone/tensor'
import * as network from '../dist/index.js'
import { cifarNetwork, mobileNet, resNet50, squeezeNet, vgg16 } from './architectures.mjs'

const rounds = 7

/** The limits that the ratios are to keep: value and gradient, second derivative by the input and by the weights. */
const cases = [
  { name: 'CIFAR-size CNN, 64 rows', limits: [3, 8, 9], build: cifarNetwork, rows: 64 },
  { name: 'MobileNetV2 224 x 224', limits: [4], build: () => mobileNet(false), rows: 1 },
  { name: 'MobileNetV2, folded', limits: [4], build: () => mobileNet(true), rows: 1 },
  { name: 'SqueezeNet 224 x 224', limits: [4], build: () => network.createNetwork(squeezeNet()), rows: 1 },
  { name: 'ResNet50 224 x 224', limits: [3], build: () => network.createNetwork(resNet50()), rows: 1, large: true },
  { name: 'VGG16 224 x 224', limits: [3], build: () => network.createNetwork(vgg16()), rows: 1, large: true },
]

/** @returns {Promise<{ name: string, task: string, ms: number, ratio: number, limit?: number }[]>} */
export async function bench({ large = false } = {}) {
  await openEngine({ backend: 'wasm' })
  const results = []
  for (const { name, limits, build, rows } of cases.filter((entry) => large || !entry.large)) {
    const net = await build()
    const x = tf.randomUniform([rows, ...net.inputShape], 0, 1, 'float32', 3)
    const targets = Array.from({ length: rows }, (_, row) => row % net.classCount)
    const penalty = (other, at) => tf.sum(tf.square(network.inputGradient(other, at, targets)))
    const tasks = [
      ['forward', () => net.logits(x)],
      ['value and gradient', () => network.valueAndGradient(net, x, targets).gradients[0]],
      ['tf.grad of the same', () => tf.grad((at) => network.targetLogitSum(net, at, targets))(x)],
    ]
    if (limits.length > 1) {
      const smooth = network.createNetwork(network.surrogate(graphOf(net), { beta: 10 }))
      tasks.push(['second derivative, input', () => tf.grad((at) => penalty(net, at))(x)])
      tasks.push(['second derivative, weights', () => network.weightGradients(net, (other) => penalty(other, x)).gradients[0]])
      tasks.push(['softplus: forward', () => smooth.logits(x)])
      tasks.push(['softplus: second, input', () => tf.grad((at) => penalty(smooth, at))(x)])
    }
    const fastest = tasks.map(() => Infinity)
    for (let round = 0; round < rounds; round++) for (const [i, [, work]] of tasks.entries()) fastest[i] = Math.min(fastest[i], time(work))
    const limitOf = { 'value and gradient': limits[0], 'second derivative, input': limits[1], 'second derivative, weights': limits[2] }
    tasks.forEach(([task], i) => results.push({ name, task, ms: fastest[i], ratio: fastest[i] / fastest[task === 'softplus: second, input' ? i - 1 : 0], limit: limitOf[task] }))
    tf.dispose(x)
    net.dispose()
  }
  return results
}

/** The rows as a small table. */
export function format(results) {
  const lines = results.map(({ name, task, ms, ratio, limit }) => [name.padEnd(26), task.padEnd(28), ms.toFixed(1).padStart(9), `${ratio.toFixed(2)}x`.padStart(9), limit ? `${limit}x`.padStart(7) : ''].join(''))
  return [`${''.padEnd(54)}${'ms'.padStart(9)}${'forward'.padStart(9)}${'limit'.padStart(7)}`, ...lines].join('\n')
}

function time(work) {
  const begin = performance.now()
  tf.tidy(() => work()).dataSync()
  return performance.now() - begin
}

function graphOf(net) {
  return { nodes: net.graph.places.map(({ node }) => node), output: net.graph.output }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(format(await bench({ large: process.argv.includes('--large') })))
  console.log(`wasm heap at its largest: ${(tf.backend().wasm.HEAPU8.length / 2 ** 20).toFixed(0)} MiB`)
}
