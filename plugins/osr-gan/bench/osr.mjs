// Seconds per input of the samplers, on digits and on colour pictures of 32 x 32, by two threads side by side, training, probes and 100 samples included. With OSR_LARGE=1 also on two inputs of
// 224 x 224 x 3, with a made-up classifier. Pictures are those of CIFAR10_PICTURES (a folder per class, below test/), else waves.
// Beside the time that passed stands that of the processor over the number of cores: what passes where nothing else runs.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { cpus } from 'node:os'

const root = new URL('../../../', import.meta.url)
const at = (path) => import(new URL(path, root).href)
const threads = 2
const samples = 100

/** Prints as it goes; `only` names the data of the tasks to run. */
export async function bench(only) {
  const tasks = [
    { data: 'digits', use: 'level-set', limit: 1 },
    { data: 'digits', use: 'osr-gan', limit: 6 },
    { data: 'pictures', use: 'level-set', limit: 4 },
    { data: 'pictures', use: 'osr-gan', options: { discriminator: 'ascending' }, limit: 12 },
    { data: 'pictures', use: 'osr-gan', options: { discriminator: 'mirror' }, limit: 17 },
    ...(process.env.OSR_LARGE ? [{ data: 'large', use: 'osr-gan', limit: 180, inputs: 2 }] : []),
  ]
  for (const { data, use, options = {}, limit, inputs = 8 } of tasks.filter(({ data }) => only === undefined || only === data)) {
    const begun = performance.now()
    const spent = process.cpuUsage()
    const answers = await Promise.all(Array.from({ length: threads }, (_, thread) => inThread({ data, use, options, indices: Array.from({ length: inputs }, (_, i) => i).filter((i) => i % threads === thread) })))
    const own = answers.flatMap((answer) => answer.own)
    // The threads open their engines side by side with nothing to measure; from the first of them that begins to the last that ends.
    const wall = (Math.max(...answers.map(({ end }) => end)) - Math.min(...answers.map(({ start }) => start))) / 1000
    const { user, system } = process.cpuUsage(spent)
    console.log(`${[data, use, ...Object.values(options)].join(', ').padEnd(32)} ${(wall / inputs).toFixed(2)} s per input, of the processor ${((user + system) / 1e6 / cpus().length / inputs).toFixed(2)} s, amortised over ${inputs} by ${threads} threads on ${cpus().length} cores (limit ${limit} s); ${mean(own.map(({ seconds }) => seconds)).toFixed(1)} s in its thread; ${mean(own.map(({ rows }) => rows)).toFixed(0)} rows; ${(100 * mean(own.map(({ accepted }) => accepted))).toFixed(0)} % accepted`)
    if (use === 'osr-gan') {
      const training = own.map(({ told }) => told)
      console.log(`  steps ${training.map(({ steps }) => steps).join(', ')}`)
      const seconds = (stage) => mean(training.map((one) => one.stages[stage]))
      console.log(`  seconds per input in one thread: ${Object.keys(training[0].stages).map((stage) => `${stage} ${seconds(stage).toFixed(2)}`).join(', ')}`)
      const rates = own.map(({ gflop, told: { stages } }) => gflop / (stages.generator + stages.discriminator))
      const limitRate = mean(answers.map(({ matMul }) => matMul))
      console.log(`  generator and discriminator: ${mean(rates).toFixed(1)} GFLOP/s, ${((100 * mean(rates)) / limitRate).toFixed(0)} % of matMul beside the same load (${limitRate.toFixed(1)})`)
    }
    console.log(`  all in all ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  }
}

function inThread(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length

async function run({ data, use, options, indices }) {
  const { argmax, Base, createRandomness, Host, Logger } = await at('packages/core/dist/index.js')
  const { playersOf } = await at('plugins/osr-gan/dist/gan/widths.js')
  const { tf } = await at('packages/tensor/dist/index.js')
  const plugins = await Promise.all(['tfjs-models', 'datasets', 'osr-gan'].map(async (name) => (await at(`plugins/${name}/dist/index.js`)).default))
  const host = new Host(plugins)
  let last = ''
  const scope = host.open([{ token: Base, value: { path: decodeURIComponent(new URL('examples/quickstart', root).pathname) } }, { token: Logger, value: { info: (message) => (last = message), warn: () => undefined } }])
  const make = (kind, name, options = {}) => scope.create(host.resolver().resolve(kind, { use: name, options }, [name]))
  const { model, dataset } = await subjects[data](make)
  const resolved = host.resolver().resolve('sampler', { use, options }, [use])
  const sampler = await scope.create({ ...resolved, kind: 'sampler' })
  const own = []
  const players = use === 'osr-gan' && playersOf(model.inputShape.reduce((a, b) => a * b, 1), resolved.options)
  const start = Date.now()
  for (const index of indices) {
    const example = await dataset.example(index)
    const { data: outputs } = await model.predict({ shape: [1, ...model.inputShape], data: example.input })
    const rows = model.rowsRun()
    const before = performance.now()
    const neighbours = await sampler.sample({ model, example, outputs, target: argmax(outputs), dataset, randomness: createRandomness(1, example.id), kept: (_what, _key, compute) => compute() }, samples)
    const told = use === 'osr-gan' ? parse(last) : undefined
    own.push({ seconds: (performance.now() - before) / 1000, rows: model.rowsRun() - rows, accepted: neighbours.filter(({ rejected }) => rejected === undefined).length / samples, told, gflop: told && told.steps * stepGflop(players, resolved.options) })
  }
  const end = Date.now()
  const [a, b] = [tf.ones([40, 1024]), tf.ones([1024, 2048])]
  const from = performance.now()
  for (let i = 0; i < 50; i++) tf.matMul(a, b).dispose()
  return { own, start, end, matMul: (50 * 2 * 40 * 1024 * 2048) / 1e6 / (performance.now() - from) }
}

/** Steps and seconds by stage, from what the sampler says at the end of a training. */
function parse(message) {
  const steps = Number(/step (\d+)/.exec(message)[1])
  return { steps, stages: Object.fromEntries([.../\((.*)\)$/.exec(message)[1].matchAll(/([a-z ]+) ([\d.]+)/g)].map(([, stage, value]) => [stage.trim(), Number(value)])) }
}

/** What the products of one step take: the generated rows, and a quarter as many real ones beside them in the discriminator but for its first layer. */
function stepGflop({ generator, discriminator }, { batch }) {
  const products = (widths) => widths.slice(1).map((width, i) => 2 * widths[i] * width)
  const sum = (values) => values.reduce((a, b) => a + b, 0)
  const [own, [first, ...later]] = [products(generator.widths), products(discriminator.widths)]
  return (batch * (3 * sum(own) - own[0] + 3 * first) + 1.25 * batch * 3 * sum(later)) / 1e9
}

/** Models with the data that go with them. */
const subjects = {
  digits: async (make) => ({ model: await make('model', 'layers-model', { path: 'models/well' }), dataset: await make('dataset', 'mnist', { split: 'test' }) }),
  pictures: async (make) => ({
    model: await make('model', 'layers-model', { path: '../cifar/models/natural' }),
    dataset: process.env.CIFAR10_PICTURES ? await make('dataset', 'image-folder', { folder: `${process.env.CIFAR10_PICTURES}/test`, order: 'hash' }) : waves([32, 32, 3]),
  }),
  large: async () => {
    const { layers, openEngine } = await at('packages/tensor/dist/index.js')
    await openEngine()
    const { modelFromLayers } = await at('packages/network/dist/index.js')
    const kernelInitializer = layers.initializers.heNormal({ seed: 1 })
    const conv = (filters, strides, more = {}) => layers.layers.conv2d({ filters, kernelSize: 3, strides, padding: 'same', activation: 'relu', kernelInitializer, ...more })
    // 0.4 GFLOP a row.
    const stack = [conv(24, 2, { inputShape: [224, 224, 3] }), conv(48, 2), conv(96, 2), conv(128, 2), layers.layers.globalAveragePooling2d({}), layers.layers.dense({ units: 3, kernelInitializer })]
    return { model: await modelFromLayers(layers.sequential({ layers: stack }), { dispose: true }), dataset: waves([224, 224, 3]) }
  },
}

/** Made-up pictures of soft waves. */
function waves(inputShape) {
  const size = inputShape.reduce((a, b) => a * b, 1)
  const width = 3 * inputShape[1]
  const example = (index) => Promise.resolve({ id: `wave ${index}`, input: Float32Array.from({ length: size }, (_, i) => 0.5 + 0.4 * Math.sin((index + 1 + (i % 3)) * (((i % width) / width) * 6 + (i / size) * 4))) })
  return { inputShape, size: 1000, range: { low: 0, high: 1 }, fingerprint: 'waves', example }
}

if (!isMainThread) parentPort.postMessage(await run(workerData))
