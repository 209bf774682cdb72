// What every attribution method, and every score but the longest, costs by default: on the digit and the network of the quickstart, one engine on one core.
// npm run docs:measure writes docs/reference/measured.json, which the reference quotes. Run it on an otherwise idle machine.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createRandomness, Base, Host } from '@touchstone/core'
import { evaluate } from '@touchstone/evaluation'
import { discoverPlugins, loadPlugins } from '@touchstone/evaluation/node'
import { openEngine } from '@touchstone/tensor'

const root = fileURLToPath(new URL('../..', import.meta.url))
const engine = await openEngine({ backend: 'wasm' })
// Other backends are left alone.
const names = (await discoverPlugins(root)).filter((name) => !/tfjs-node|webgpu|bullmq/.test(name))
const plugins = await loadPlugins(names, [root], 'package.json')
const host = new Host(plugins)
const scope = host.open([{ token: Base, value: { path: fileURLToPath(new URL('../../examples/quickstart', import.meta.url)) } }])
const make = (kind, use, options = {}) => scope.create(host.resolver().resolve(kind, { use, options }, []))

const model = await make('model', 'layers-model', { path: 'models/well' })
const dataset = await make('dataset', 'mnist')
const { input } = await dataset.example(0)
const request = (rows) => ({
  model, reference: dataset, targets: new Array(rows).fill(7), batchRows: 64,
  inputs: { shape: [rows, ...model.inputShape], data: Float32Array.from({ length: rows * input.length }, (_, index) => input[index % input.length]) },
  randomness: Array.from({ length: rows }, (_, index) => createRandomness(1, `example ${index}`)),
})

/** The fastest of as many repetitions as fit into two seconds; what is slower runs once, after nothing. */
async function fastest(work) {
  let best = Infinity
  for (let spent = 0; spent < 2000; ) {
    const from = performance.now()
    await work()
    const took = performance.now() - from
    best = Math.min(best, took)
    spent += took
  }
  return best
}

const one = request(1)

// By default some refuse pictures, or need something named.
const needed = { 'shapley-exact': { features: { blocks: 7 } }, 'parameter-randomisation': { comparison: 'spearman' } }

const methods = {}
for (const { value } of host.registry.all()) {
  if (value.kind !== 'attributer') continue
  const attributer = await make('attributer', value.name, needed[value.name])
  const before = model.rowsRun()
  await attributer.attribute(one)
  const rows = model.rowsRun() - before
  methods[value.name] = { rows, ms: rounded(await fastest(() => attributer.attribute(one))), ...(needed[value.name] && { options: needed[value.name] }) }
  console.log(value.name, methods[value.name])
}
// The first ones ran while code was still being compiled.
for (const name of ['deeplift', 'gradient', 'saliency', 'input-x-gradient']) methods[name].ms = rounded(await fastest(async () => (await make('attributer', name)).attribute(one)))

const forwardMs = await fastest(() => model.predict(one.inputs))
const gradientMs = methods.gradient.ms

// Trained generators, long searches and attacks have figures of their own in docs/benchmarks.md.
const long = /^osr(?!-level-set)|reference$|-imagenet$/
// A whole evaluation of one digit: plan, prediction, a map of saliency, the score.
const scores = {}
for (const { value } of host.registry.all()) {
  if (value.kind !== 'score' || value.name === 'robustness' || long.test(value.name)) continue
  const options = needed[value.name] ?? {}
  const from = performance.now()
  await evaluate({ plugins, models: { digits: { given: model } }, dataset: { given: dataset }, examples: { take: 1 }, attributers: { saliency: 'saliency' }, metrics: { score: { use: value.name, options } } })
  scores[value.name] = { ms: rounded(performance.now() - from), ...(needed[value.name] && { options }) }
  console.log(value.name, scores[value.name])
}

const measured = { engine: engine.name, machine: cpus()[0].model.trim(), node: process.versions.node, mflopPerRow: rounded(model.mflopPerRow), forwardMs: rounded(forwardMs), gradientMs, methods, scores }
writeFileSync(new URL('../../docs/reference/measured.json', import.meta.url), `${JSON.stringify(measured, null, 2)}\n`)

function rounded(value) {
  return Number(value.toPrecision(3))
}
