// Seconds per input of the samplers, on digits, by two threads side by side, training, probes and 100 samples included.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { cpus } from 'node:os'

const root = new URL('../../../', import.meta.url)
const at = (path) => import(new URL(path, root).href)
const threads = 2
const samples = 100

/** @returns lines */
export async function bench({ inputs = 8 } = {}) {
  const lines = []
  for (const [use, limit] of [['level-set', 1], ['osr-gan', 6]]) {
    const begun = performance.now()
    const answers = await Promise.all(Array.from({ length: threads }, (_, thread) => inThread({ use, indices: Array.from({ length: inputs }, (_, i) => i).filter((i) => i % threads === thread) })))
    const own = answers.flatMap((answer) => answer.own)
    // The threads open their engines side by side with nothing to measure; from the first of them that begins to the last that ends.
    const wall = (Math.max(...answers.map(({ end }) => end)) - Math.min(...answers.map(({ start }) => start))) / 1000
    lines.push(`${use.padEnd(12)} ${(wall / inputs).toFixed(2)} s per input, amortised over ${inputs} by ${threads} threads on ${cpus().length} cores (limit ${limit} s); ${mean(own.map(({ seconds }) => seconds)).toFixed(1)} s in its thread; ${mean(own.map(({ rows }) => rows)).toFixed(0)} rows; ${(100 * mean(own.map(({ accepted }) => accepted))).toFixed(0)} % accepted`)
    if (use === 'osr-gan') {
      const training = own.map(({ told }) => told)
      lines.push(`  steps ${training.map(({ steps }) => steps).join(', ')}`)
      const seconds = (stage) => mean(training.map((one) => one.stages[stage]))
      lines.push(`  seconds per input in one thread: ${Object.keys(training[0].stages).map((stage) => `${stage} ${seconds(stage).toFixed(2)}`).join(', ')}`)
      const rates = own.map(({ gflop, told: { stages } }) => gflop / (stages.generator + stages.discriminator))
      const limitRate = mean(answers.map(({ matMul }) => matMul))
      lines.push(`  generator and discriminator: ${mean(rates).toFixed(1)} GFLOP/s, ${((100 * mean(rates)) / limitRate).toFixed(0)} % of matMul beside the same load (${limitRate.toFixed(1)})`)
    }
    lines.push(`  all in all ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  }
  return lines
}

function inThread(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length

async function run({ use, indices }) {
  const { argmax, Base, createRandomness, Host, Logger } = await at('packages/core/dist/index.js')
  const { tf } = await at('packages/tensor/dist/index.js')
  const plugins = await Promise.all(['tfjs-models', 'datasets', 'osr-gan'].map(async (name) => (await at(`plugins/${name}/dist/index.js`)).default))
  const host = new Host(plugins)
  let last = ''
  const scope = host.open([{ token: Base, value: { path: decodeURIComponent(new URL('examples/quickstart', root).pathname) } }, { token: Logger, value: { info: (message) => (last = message), warn: () => undefined } }])
  const make = (kind, name, options = {}) => scope.create(host.resolver().resolve(kind, { use: name, options }, [name]))
  const [model, dataset, sampler] = [await make('model', 'layers-model', { path: 'models/well' }), await make('dataset', 'mnist', { split: 'test' }), await make('sampler', use)]
  const own = []
  const start = Date.now()
  for (const index of indices) {
    const example = await dataset.example(index)
    const { data: outputs } = await model.predict({ shape: [1, ...model.inputShape], data: example.input })
    const rows = model.rowsRun()
    const before = performance.now()
    const neighbours = await sampler.sample({ model, example, outputs, target: argmax(outputs), dataset, randomness: createRandomness(1, example.id), kept: (_what, _key, compute) => compute() }, samples)
    const told = use === 'osr-gan' ? parse(last) : undefined
    own.push({ seconds: (performance.now() - before) / 1000, rows: model.rowsRun() - rows, accepted: neighbours.filter(({ rejected }) => rejected === undefined).length / samples, told, gflop: told && told.steps * stepGflop() })
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

/** What the products of one step take with the default players of digits: 32 generated rows, and 8 real ones beside them in the discriminator. */
function stepGflop(size = 784, hidden = [128, 256, 512, 1024, 2048]) {
  const product = (widths) => widths.slice(1).reduce((sum, width, i) => sum + 2 * widths[i] * width, 0)
  const generator = product([100, ...hidden, size])
  const first = 2 * size * hidden.at(-1)
  const later = product([...hidden.toReversed(), 1])
  return (32 * (3 * generator - 2 * 100 * hidden[0]) + 32 * 3 * first + 40 * 3 * later) / 1e9
}

if (!isMainThread) parentPort.postMessage(await run(workerData))
