// How fast things are, as ratios within one run, so that the figures mean something on any machine.
// npm run bench [-- name ...]; without a name all of them but the large ones, which want minutes and gigabytes.
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const at = (path) => new URL(path, root).href
const suites = { kernels, engine, networks, 'networks-large': networksLarge, workers, methods, 'methods-large': methodsLarge, comparisons, attacks, scores, 'scores-large': scoresLarge, osr, results, report, evaluation, 'scale-large': scaleLarge, 'training-large': trainingLarge, bullmq, 'backends-large': backends, 'agreement-large': agreement }
const asked = process.argv.slice(2).map((name) => (name === '--backends' ? 'backends-large' : name))
for (const name of asked) if (!(name in suites)) throw new Error(`no benchmark named "${name}"; there are: ${Object.keys(suites).join(', ')}`)
for (const [name, run] of Object.entries(suites)) {
  if (asked.length > 0 ? !asked.includes(name) : name.endsWith('-large')) continue
  console.log(`\n${name}`)
  await run()
}

/** The report of a large run: its size, and how fast it is written and opened. */
async function report() {
  const { bench, format } = await import(at('packages/report/bench/large-run.mjs'))
  console.log(format(await bench()))
}

/** Each backend that starts here, against stock wasm. */
async function backends() {
  const { bench, format } = await import('./bench-backends.mjs')
  console.log(format(await bench()))
}

/** How far scores move with the rounding of a network. */
async function agreement() {
  const { bench, format } = await import('./bench-agreement.mjs')
  console.log(format(await bench()))
}

/** Steps of training, natural and robust, on wasm and tfjs-node. */
async function trainingLarge() {
  const { bench, format } = await import(at('plugins/robust-training/bench/training.mjs'))
  console.log(format(bench()))
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
  const names = ['tfjs-models', 'datasets', 'gradients', 'ig', 'deeplift', 'lrp', 'robustness-sr', 'greedyas', 'sanity', 'comparisons']
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

/** Attacks on attributions: seconds, and the engine's part of them. */
async function attacks() {
  const { bench, format } = await import(at('plugins/attribution-attacks/bench/attacks.mjs'))
  console.log(format(await bench()))
}

/** How long the comparisons of a finished run take beside its summary, in seconds of processor time: 2 models, 10 methods, 10 metrics. */
async function results() {
  const { compareMethods, compareRankings, rankMethods, rowsCsv, scoreTables } = await import(at('packages/evaluation/dist/index.js'))
  const { rowsParquet } = await import(at('packages/evaluation/dist/node/parquet.js'))
  const { summarise } = await import(at('packages/evaluation/dist/summarise.js'))
  const { createRandomness } = await import(at('packages/core/dist/index.js'))
  const ten = Array.from({ length: 10 }, (_, index) => index)
  for (const examples of [32, 1000]) {
    const rows = ['well', 'bad'].flatMap((model) =>
      Array.from({ length: examples }, (_, example) => ten.flatMap((method) => ten.map((metric) => ({ model, example: `${example}`, attributer: `${method}`, metric: `${metric}`, value: 0.1 * method + createRandomness(metric, model + example).uniforms('score', method, 1)[0] })))).flat(),
    )
    const directions = new Map(ten.map((metric) => [`${metric}`, 'lower']))
    const tables = scoreTables(rows)
    const columns = tables.flatMap(({ model, metric, scores }) => [...scores].map(([attributer, values]) => ({ model, attributer, metric, values, robust: [] })))
    const work = { summary: () => summarise(columns, directions, 1), comparisons: () => compareMethods(tables, directions, 1), ranks: () => rankMethods(tables, directions), agreement: () => compareRankings(tables, 1), csv: () => rowsCsv(rows), parquet: () => rowsParquet(rows) }
    console.log(`${examples} examples, ${rows.length} rows`)
    for (const [name, run] of Object.entries(work)) {
      const before = process.cpuUsage().user
      run()
      console.log(`${name.padEnd(12)} ${((process.cpuUsage().user - before) / 1e6).toFixed(2)} s`)
    }
  }
}

/** Scores of eight methods in forward rows, how long the search for neighbours takes among 60,000 digits, and what the smallest changes cost. */
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
  const { make, mnist } = await plugins()
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
  await smallestChanges({ make, mnist })
}

/** One input of a model, and what scores and methods ask about it. */
async function subjectOf(model, input, dataset, batchRows = 64) {
  const { argmax, createRandomness } = await import(at('packages/core/dist/index.js'))
  const shape = model.inputShape
  const { data: outputs } = await model.predict({ shape: [1, ...shape], data: input })
  const target = argmax(outputs)
  const randomness = createRandomness(1, 'subject')
  const mapBy = async (attributer) => attributer.attribute({ model, inputs: { shape: [1, ...shape], data: input }, targets: [target], randomness: [randomness], batchRows, reference: dataset })
  const judge = (score, { data }, attributer) => {
    const mapsOf = async (other) => [{ shape, data: (await attributer.attribute({ model: other, inputs: { shape: [1, ...shape], data: input }, targets: [target], randomness: [randomness], batchRows })).data }]
    return score.score({ model, example: { id: 'subject', input }, outputs, target, map: { shape, data }, dataset, randomness, batchRows, mapsOf })
  }
  return { mapBy, judge }
}

/** Milliseconds of a piece of work, and its answer. */
async function timed(work) {
  const from = performance.now()
  const answer = await work()
  return { answer, time: performance.now() - from }
}

/** GreedyAS on one input: seconds, rows per set, and the area of its own curve. */
async function greedy(label, { make, model, subject }, options, limit) {
  const score = await make('score', 'robustness-sr')
  const attributer = await make('attributer', 'greedyas', options)
  const before = model.rowsRun()
  const { answer: map, time } = await timed(() => subject.mapBy(attributer))
  const rows = model.rowsRun() - before
  const [sets] = map.diagnostics['sets-asked']
  const { value } = await subject.judge(score, map)
  row(label, time, `${rows} rows, ${(rows / sets).toFixed(1)} a set; S_r area ${value.toFixed(3)}${limit ? ` (limit ${limit} s)` : ''}`)
  return value
}

/** Robustness-S_r and GreedyAS on one input. */
async function smallestChanges({ make, mnist }) {
  const dataset = await make('dataset', 'mnist', { split: 'test' })
  const model = await mnist()
  const subject = await subjectOf(model, (await dataset.example(0)).input, dataset)
  const methods = ['gradient', 'saliency', 'input-x-gradient', 'guided-backprop', 'deconvolution', 'smoothgrad', 'integrated-gradients', 'lrp']
  const maps = await Promise.all(methods.map(async (use) => subject.mapBy(await make('attributer', use))))
  const score = await make('score', 'robustness-sr')
  const { time } = await timed(async () => {
    for (const map of maps) await subject.judge(score, map)
  })
  row(`S_r, 10 points, ${methods.length} methods`, time, 'one thread (limit 30 s)')
  const randomised = await make('score', 'parameter-randomisation', { comparison: 'spearman' })
  const saliency = await make('attributer', 'saliency')
  // The first asks for the models with random weights, the second has them.
  for (const what of ['models made', 'models there']) {
    const { answer, time: taken } = await timed(() => subject.judge(randomised, maps[1], saliency))
    row(`parameter randomisation, ${what}`, taken, `${answer.diagnostics.stages} maps by saliency`)
  }
  await greedy('GreedyAS, 28 x 28', { make, model, subject }, {}, 60)
  await greedyOn('GreedyAS, 32 x 32 x 3, blocks of 4', await make('model', 'layers-model', { path: '../cifar/models/natural' }), make, { features: { blocks: 4 } }, 90)
}

/** GreedyAS on random pixels. */
async function greedyOn(label, model, make, options, limit) {
  const { inputs } = await requestFor(model, 1)
  const subject = await subjectOf(model, inputs.data, { inputShape: model.inputShape, size: 0, range: { low: 0, high: 1 }, fingerprint: 'none' }, 16)
  await greedy(`${label}, ${model.mflopPerRow.toFixed(0)} MFLOP`, { make, model, subject }, options, limit)
}

/** What the small budgets of Robustness-S_r and GreedyAS lose, and GreedyAS on an input of 224 x 224. */
async function scoresLarge() {
  const { make, mnist } = await plugins()
  const dataset = await make('dataset', 'mnist', { split: 'test' })
  const model = await mnist()
  const subject = await subjectOf(model, (await dataset.example(0)).input, dataset)
  const map = await subject.mapBy(await make('attributer', 'saliency'))
  const areas = {}
  for (const use of ['robustness-sr', 'robustness-sr-reference']) {
    const score = await make('score', use)
    const { answer, time } = await timed(() => subject.judge(score, map))
    areas[use] = answer.value
    row(use, time, `area ${answer.value.toFixed(4)}`)
  }
  console.log(`area of 200 steps x 8 starts: ${(areas['robustness-sr-reference'] / areas['robustness-sr']).toFixed(3)} of ours (below 1: ours is not the smallest)`)
  const { smallNetwork } = await import(at('packages/network/bench/architectures.mjs'))
  const { modelFromNetwork } = await import(at('packages/network/dist/index.js'))
  await greedyOn('GreedyAS, 224 x 224 x 3, blocks of 16', modelFromNetwork(await smallNetwork(), { dispose: true }), make, { features: { blocks: 16 } }, 600)
  const own = await greedy('GreedyAS, 28 x 28', { make, model, subject }, {})
  const rich = await greedy('the same, 20 x the budget', { make, model, subject }, { samples: 1000, steps: 10, budget: 1_000_000 })
  console.log(`area of its own run: ${(own / rich).toFixed(3)} of that with 20 x the budget (limit 1.05)`)
}

/** Inputs of a similar output: seconds per input, and where they go. */
async function osr() {
  const { bench } = await import(at('plugins/osr-gan/bench/osr.mjs'))
  await bench(process.env.OSR_DATA)
}

/** What threads gain, and what planning and keeping cost. */
async function evaluation() {
  const { bench, format } = await import(at('packages/cli/bench/evaluation.mjs'))
  console.log(format(await bench()))
}

/** What ten methods by ten metrics cost per input, and a million inputs. */
async function scaleLarge() {
  const { bench, format } = await import(at('packages/cli/bench/scale.mjs'))
  console.log(format(await bench()))
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
