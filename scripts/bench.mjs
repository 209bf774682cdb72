// How fast things are, as ratios within one run, so that the figures mean something on any machine.
// npm run bench [-- name ...]; without a name all of them but the large ones, which want minutes and gigabytes.
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const at = (path) => new URL(path, root).href
const suites = { kernels, engine, networks, 'networks-large': networksLarge, workers, methods, 'methods-large': methodsLarge, comparisons, scores, evaluation, bullmq }
const asked = process.argv.slice(2)
for (const name of asked) if (!(name in suites)) throw new Error(`no benchmark named "${name}"; there are: ${Object.keys(suites).join(', ')}`)
for (const [name, run] of Object.entries(suites)) {
  if (asked.length > 0 ? !asked.includes(name) : name.endsWith('-large')) continue
  console.log(`\n${name}`)
  await run()
}

/** Our kernels against stock TensorFlow.js. */
async function kernels() {
  const { bench, format } = await import(at('packages/tensor/bench/gradients.mjs'))
  console.log(format(await bench()))
}

/** Products of matrices, dense layers and training steps of our kernels, as shares of the plain forward product. */
async function engine() {
  const { bench, format } = await import(at('packages/tensor/bench/engine.mjs'))
  console.log(format(await bench()))
}

/** Gradients and second derivatives, in forward passes. */
async function networks() {
  const { bench, format } = await import(at('packages/network/bench/gradients.mjs'))
  console.log(format(await bench()))
}

async function networksLarge() {
  const { bench, format } = await import(at('packages/network/bench/gradients.mjs'))
  console.log(format(await bench({ large: true })))
}

/** The same gradients by one worker thread and by two, each with an engine of its own. */
async function workers() {
  const { bench, format } = await import(at('packages/network/bench/workers.mjs'))
  console.log(format(await bench()))
}

/** What a map costs on networks of two sizes, in input gradients of as many rows, and the limits that the ratios are to keep. */
async function methods() {
  const { make, mnist } = await plugins()
  const network = await import(at('packages/network/dist/index.js'))
  const { cifarNetwork } = await import(at('packages/network/bench/architectures.mjs'))
  const steps = 50
  const samples = steps
  for (const [name, model, rows] of [['MNIST network of the quickstart', await mnist(), 64], ['CIFAR-size CNN', network.modelFromNetwork(await cifarNetwork()), 8]]) {
    const request = await requestFor(model, rows)
    const gradient = await make('attributer', 'gradient')
    const asked = [
      ['saliency', 'saliency', {}, 1],
      [`integrated gradients, ${steps} steps`, 'integrated-gradients', { steps }, steps, 1.15],
      [`gradient-shap, ${samples} samples`, 'gradient-shap', { samples, baseline: { average: [0, 0.5, 1] } }, samples],
      [`smoothgrad, ${samples} samples`, 'smoothgrad', { samples }, samples, 1.15],
      ['guided backprop', 'guided-backprop', {}, 1],
      ['grad-cam', 'grad-cam', {}, 1],
      ...['epsilon', 'epsilon-plus', 'epsilon-gamma-box', 'epsilon-alpha2-beta1'].map((composite) => [`lrp, ${composite}`, 'lrp', { composite, ...(composite.endsWith('box') && { low: 0, high: 1 }) }, 1, 4]),
      ...['rescale', 'reveal-cancel'].map((rule) => [`deeplift, ${rule}`, 'deeplift', { rule }, 1, 4]),
    ]
    const repeated = async (times) => {
      for (let time = 0; time < times; time++) await gradient.attribute(request)
    }
    // What takes 50 gradients is measured beside 50 gradients: both then meet as much of what else the machine does.
    const quick = { forward: () => model.predict(request.inputs), gradient: () => repeated(1) }
    const long = { [steps]: () => repeated(steps) }
    for (const [label, use, options, gradients] of asked) {
      const attributer = await make('attributer', use, options)
      ;(gradients === 1 ? quick : long)[label] = () => attributer.attribute(request)
    }
    const best = { ...(await fastest(quick, 15)), ...(await fastest(long, 3)) }
    console.log(`${name}: ${model.mflopPerRow.toFixed(2)} MFLOP per row, ${rows} rows`)
    row('forward', best.forward, `${((model.mflopPerRow * rows) / best.forward).toFixed(1)} GFLOP/s`)
    row('gradient', best.gradient, `${(best.gradient / best.forward).toFixed(2)} x forward`)
    for (const [label, , , gradients, limit] of asked)
      row(label, best[label], `${(best[label] / (gradients === 1 ? best.gradient : best[gradients])).toFixed(2)} x ${gradients === 1 ? 'a gradient' : `${gradients} gradients`}${limit ? ` (limit ${limit})` : ''}`)
  }
}

/** Every method that fits, once, on networks of ImageNet's size, one row: what it costs in input gradients. */
async function methodsLarge() {
  const { make } = await plugins()
  const network = await import(at('packages/network/dist/index.js'))
  const { mobileNet, resNet50, squeezeNet, vgg16 } = await import(at('packages/network/bench/architectures.mjs'))
  const { openEngine } = await import(at('packages/tensor/dist/index.js'))
  await openEngine({ backend: 'wasm' })
  const asked = [
    ['saliency', 'saliency', {}],
    ['integrated gradients, 4 steps', 'integrated-gradients', { steps: 4 }],
    ['guided backprop', 'guided-backprop', {}],
    ['grad-cam', 'grad-cam', {}],
    ['smoothgrad, 3 samples', 'smoothgrad', { samples: 3 }],
    ['lrp', 'lrp', {}],
    ['deeplift', 'deeplift', {}],
    ['deeplift, reveal-cancel', 'deeplift', { rule: 'reveal-cancel' }],
  ]
  for (const [name, build] of [['MobileNetV2', () => mobileNet(false)], ['SqueezeNet', () => network.createNetwork(squeezeNet())], ['ResNet50', () => network.createNetwork(resNet50())], ['VGG16', () => network.createNetwork(vgg16())]]) {
    const model = network.modelFromNetwork(await build(), { dispose: true })
    const request = await requestFor(model, 1, 1)
    const gradient = await make('attributer', 'gradient')
    await gradient.attribute(request)
    const best = await fastest({ gradient: () => gradient.attribute(request) }, 2)
    console.log(`${name}: ${(model.mflopPerRow / 1000).toFixed(2)} GFLOP per row`)
    row('gradient', best.gradient, '')
    for (const [label, use, options] of asked) {
      const attributer = await make('attributer', use, options)
      try {
        const { time } = await fastest({ time: () => attributer.attribute(request) }, 1)
        row(label, time, `${(time / best.gradient).toFixed(2)} gradients`)
      } catch (error) {
        console.log(`${label}: ${error.message}`)
      }
    }
    await model.dispose()
  }
}

/** Makes extensions of the shipped plugins as an evaluation would. */
async function plugins() {
  const { Base, Host } = await import(at('packages/core/dist/index.js'))
  const names = ['tfjs-models', 'gradients', 'ig', 'deeplift', 'lrp']
  const host = new Host(await Promise.all(names.map(async (name) => (await import(at(`plugins/${name}/dist/index.js`))).default)))
  const scope = host.open([{ token: Base, value: { path: fileURLToPath(at('examples/quickstart')) } }])
  const make = (kind, use, options = {}) => {
    const resolver = host.resolver()
    const resolved = resolver.resolve(kind, { use, options }, [use])
    if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
    return scope.create(resolved)
  }
  return { make, mnist: () => make('model', 'layers-model', { path: 'models/well' }) }
}

/** Random inputs in [0, 1], each an example of its own. */
async function requestFor(model, rows, batchRows = 64) {
  const { createRandomness } = await import(at('packages/core/dist/index.js'))
  const shape = [rows, ...model.inputShape]
  const data = Float32Array.from(createRandomness(1, 'inputs').uniforms('input', 0, shape.reduce((a, b) => a * b, 1)))
  return { model, inputs: { shape, data }, targets: new Array(rows).fill(3), randomness: Array.from({ length: rows }, (_, index) => createRandomness(1, `example ${index}`)), batchRows }
}

/** Milliseconds for a pair of maps, and how they grow. */
async function comparisons() {
  const { bench, format } = await import(at('plugins/lens/bench/comparisons.mjs'))
  console.log(format(await bench()))
}

/** Scores of eight methods in forward rows, and how long the search for neighbours takes among 60,000 digits. */
async function scores() {
  const { Base, defineExtension, definePlugin, Host } = await import(at('packages/core/dist/index.js'))
  const { evaluate } = await import(at('packages/evaluation/dist/index.js'))
  const { nearestIndexOf } = await import(at('plugins/neighbours/dist/index.js'))
  const [models, datasets, fidelity] = await Promise.all(['tfjs-models', 'datasets', 'fidelity'].map(async (name) => (await import(at(`plugins/${name}/dist/index.js`))).default))
  const baseFolder = fileURLToPath(at('examples/quickstart'))
  const [methods, subsets, examples, batchRows] = [8, 400, 16, 64]
  // Maps that cost nothing, so that the scores' own work is all there is.
  const maps = definePlugin({
    name: 'maps',
    extensions: Array.from({ length: methods }, (_, method) =>
      defineExtension({
        kind: 'attributer',
        name: `map-${method}`,
        summary: 'a map that asks nothing',
        traits: { signed: true, needs: [], differentiable: 'no' },
        cost: () => ({ rows: 0 }),
        create: () => ({ attribute: ({ inputs }) => Promise.resolve({ shape: inputs.shape, data: inputs.data.map((value, index) => value * Math.cos((index % 784) * (method + 1))) }) }),
      }),
    ),
  })
  const config = (metrics) => ({
    plugins: [models, datasets, fidelity, maps],
    models: { well: { use: 'layers-model', options: { path: 'models/well' } } },
    dataset: { use: 'mnist', options: { split: 'test' } },
    examples: { take: examples },
    attributers: Object.fromEntries(Array.from({ length: methods }, (_, method) => [`m${method}`, `map-${method}`])),
    metrics,
    batchRows,
  })
  const { mnist } = await plugins()
  const model = await mnist()
  const host = new Host([datasets])
  const scope = host.open([{ token: Base, value: { path: baseFolder } }])
  const digits = (split) => scope.create(host.resolver().resolve('dataset', { use: 'mnist', options: { split } }, []))
  // Digits with half of their pixels gone, such as the scores ask about: the engine takes longer for some inputs than for others.
  const { inputs } = await requestFor(model, batchRows)
  const test = await digits('test')
  for (let digit = 0; digit < batchRows; digit++) (await test.example(digit)).input.forEach((value, pixel) => (inputs.data[digit * 784 + pixel] = inputs.data[digit * 784 + pixel] < 0.5 ? value : 0))
  const forward = async () => {
    for (let rows = 0; rows < examples * subsets; rows += batchRows) await model.predict(inputs)
  }
  const rowsOf = {}
  // Choosing the examples asks for one batch.
  const chosen = batchRows
  const evaluated = (label, metrics) => async () => {
    const { run } = await evaluate(config(metrics), { baseFolder })
    rowsOf[label] = run.rowsRun.well - chosen
    return run.stages.find(({ stage }) => stage === 'evaluate').seconds * 1000
  }
  const asked = {
    'mu_F': { fidelity: { use: 'fidelity', options: { runs: subsets } } },
    'mu_F, infidelity and sensitivity-n': { fidelity: { use: 'fidelity', options: { runs: subsets } }, infidelity: { use: 'infidelity', options: { runs: subsets } }, 'sensitivity-n': { use: 'sensitivity-n', options: { runs: subsets, sizes: [{ share: 0.5 }] } } },
  }
  const best = { forward: Infinity, ...Object.fromEntries(Object.keys(asked).map((label) => [label, Infinity])) }
  for (let round = 0; round < 5; round++) {
    best.forward = Math.min(best.forward, (await fastest({ time: forward }, 1)).time)
    for (const [label, metrics] of Object.entries(asked)) best[label] = Math.min(best[label], await evaluated(label, metrics)())
  }
  row(`forward, ${subsets} rows`, best.forward / examples, '')
  for (const label of Object.keys(asked)) row(`${label}, ${methods} methods`, best[label] / examples, `${rowsOf[label] / examples} rows, ${(best[label] / best.forward).toFixed(2)} x forward (limit 1.2)`)

  const dataset = await digits('train')
  const from = performance.now()
  const index = await nearestIndexOf(dataset)
  row(`neighbours, reading ${dataset.size}`, performance.now() - from, '')
  for (const [norm, count, radius] of [['l2', 10, Infinity], ['l2', 1000, 6], ['linf', 10, Infinity]]) {
    const queries = 20
    const start = performance.now()
    for (let query = 0; query < queries; query++) {
      const { id, input } = await dataset.example(query * 997)
      index.nearest({ input, except: id, norm, count, radius })
    }
    row(`${count} nearest in ${norm}${radius < Infinity ? ` within ${radius}` : ''}`, (performance.now() - start) / queries, 'each')
  }
}

/** What the evaluation adds to the work of model and methods. */
async function evaluation() {
  const { evaluateFile } = await import(at('packages/evaluation/dist/node/index.js'))
  const config = fileURLToPath(at('examples/quickstart/touchstone.config.ts'))
  const { run, results } = await evaluateFile(config)
  const rows = Object.values(run.rowsRun).reduce((a, b) => a + b, 0)
  console.log(`quickstart: ${results.rows.length} scores from ${rows} model rows in ${run.seconds.toFixed(1)} s (${(rows / run.seconds).toFixed(0)} rows/s)`)
  for (const { stage, seconds } of run.stages) row(stage, seconds * 1000, `${((100 * seconds) / run.seconds).toFixed(0)} %`)
}

/** An evaluation by one worker process and by two. */
async function bullmq() {
  const { bench, format } = await import(at('plugins/bullmq/bench/workers.mjs'))
  console.log(format(await bench()))
}

/** The fastest of several rounds of each task, in turn. */
async function fastest(tasks, rounds) {
  const best = {}
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const from = performance.now()
      await task()
      best[name] = Math.min(best[name] ?? Infinity, performance.now() - from)
    }
  }
  return best
}

function row(name, milliseconds, note) {
  console.log(`${name.padEnd(32)}${milliseconds.toFixed(1).padStart(10)} ms  ${note}`)
}
