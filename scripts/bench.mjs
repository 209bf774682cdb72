// How fast things are, as ratios within one run, so that the figures mean something on any machine.
// npm run bench [-- name ...]; without a name all of them but networks-large, which wants minutes and gigabytes.
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const at = (path) => new URL(path, root).href
const suites = { kernels, engine, networks, 'networks-large': networksLarge, workers, methods, evaluation }
const asked = process.argv.slice(2)
for (const name of asked) if (!(name in suites)) throw new Error(`no benchmark named "${name}"; there are: ${Object.keys(suites).join(', ')}`)
for (const [name, run] of Object.entries(suites)) {
  if (asked.length > 0 ? !asked.includes(name) : name === 'networks-large') continue
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

/** What a map costs, in forward rows and in gradient rows. */
async function methods() {
  const { Base, Host, createRandomness } = await import(at('packages/core/dist/index.js'))
  const plugins = await Promise.all(['tfjs-models', 'gradients', 'ig', 'deeplift', 'datasets'].map(async (name) => (await import(at(`plugins/${name}/dist/index.js`))).default))
  const host = new Host(plugins)
  const scope = host.open([{ token: Base, value: { path: fileURLToPath(at('examples/quickstart')) } }])
  const make = (kind, use, options = {}) => scope.create(host.resolver().resolve(kind, { use, options }, []))
  const model = await make('model', 'layers-model', { path: 'models/well' })
  const dataset = await make('dataset', 'mnist')
  const count = 64
  const { stackRows } = await import(at('packages/core/dist/index.js'))
  const inputs = stackRows(await Promise.all(Array.from({ length: count }, async (_, index) => (await dataset.example(index)).input)), model.inputShape)
  const request = { model, inputs, targets: new Array(count).fill(3), randomness: Array.from({ length: count }, () => createRandomness(1, 'bench')), batchRows: 64 }
  const saliency = await make('attributer', 'saliency')
  const steps = 50
  const ig = await make('attributer', 'integrated-gradients', { steps })
  const rules = ['rescale', 'reveal-cancel']
  const deeplift = Object.fromEntries(await Promise.all(rules.map(async (rule) => [rule, await make('attributer', 'deeplift', { rule })])))
  const tasks = { forward: () => model.predict(inputs), saliency: () => saliency.attribute(request), ig: () => ig.attribute(request), ...Object.fromEntries(rules.map((rule) => [rule, () => deeplift[rule].attribute(request)])) }
  const best = await fastest(tasks, 5)
  console.log(`${model.mflopPerRow.toFixed(2)} MFLOP per row, ${count} rows`)
  row('forward', best.forward, `${((model.mflopPerRow * count) / best.forward).toFixed(1)} GFLOP/s`)
  row('saliency', best.saliency, `${(best.saliency / best.forward).toFixed(2)} x forward`)
  row(`integrated gradients, ${steps} steps`, best.ig, `${(best.ig / best.saliency / steps).toFixed(2)} x ${steps} saliency maps`)
  for (const rule of rules) row(`deeplift, ${rule}`, best[rule], `${(best[rule] / best.saliency).toFixed(2)} x saliency (limit 4)`)
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
