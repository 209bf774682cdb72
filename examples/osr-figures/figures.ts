/*
 * Generated digits next to their originals, how far away they and noisy digits are, and what methods make of them: figures.html and figures.json.
 */
import { writeFile } from 'node:fs/promises'
import { Base, Host, kendallTauB, Logger, mean, type Neighbour, type Sampler } from '@touchstone/core'
import comparisons from '@touchstone/comparisons'
import datasets from '@touchstone/datasets'
import { evaluate } from '@touchstone/evaluation'
import gradients from '@touchstone/gradients'
import ig from '@touchstone/ig'
import noise from '@touchstone/noise'
import osr from '@touchstone/osr-gan'
import tfjsModels from '@touchstone/tfjs-models'
import { grid, histogram, page, pictures, table } from './drawing.js'

const take = Number(process.env.DIGITS ?? 8)
const plugins = [tfjsModels, datasets, gradients, ig, noise, comparisons, osr]
const log = { info: (message: string) => process.stderr.write(`${message}\n`), warn: (message: string) => process.stderr.write(`${message}\n`) }
const scope = new Host(plugins).open([{ token: Base, value: { path: import.meta.dirname } }, { token: Logger, value: log }])

/** A sampler that remembers what it made, by example. */
async function remembering(use: string, options: object = {}): Promise<{ readonly sampler: Sampler; readonly made: Map<string, readonly Neighbour[]> }> {
  const host = new Host(plugins)
  const inner = await scope.create({ ...host.resolver().resolve('sampler', { use, options }, [use])!, kind: 'sampler' })
  const made = new Map<string, readonly Neighbour[]>()
  const sample: Sampler['sample'] = async (context, count) => {
    const neighbours = await inner.sample(context, count)
    made.set(context.example.id, neighbours)
    return neighbours
  }
  return { sampler: { ...(inner.fits && { fits: inner.fits }), sample }, made }
}

const samplers = {
  'osr-gan': await remembering('osr-gan'),
  'level-set': await remembering('level-set'),
  'noise, uniform 0.2': await remembering('noise', { kind: 'uniform', radius: 0.2, sameClass: true }),
  'noise, Gaussian 0.1': await remembering('noise', { kind: 'gaussian', radius: 0.1, sameClass: true }),
}
const metric = (use: string, name: keyof typeof samplers) => ({ use, options: { sampler: { given: samplers[name].sampler } } })

const { results, inputs } = await evaluate(
  {
    plugins,
    models: { well: { use: 'layers-model', options: { path: '../quickstart/models/well' } } },
    dataset: { use: 'mnist', options: { split: 'test', ...(process.env.MNIST_FOLDER && { folder: process.env.MNIST_FOLDER }) } },
    examples: { take, correctFor: 'all-models' },
    attributers: {
      saliency: 'saliency',
      smoothgrad: { use: 'smoothgrad', options: { samples: 20 } },
      deconvolution: 'deconvolution',
      'guided backprop': 'guided-backprop',
      'input x gradient': 'input-x-gradient',
      'integrated gradients': { use: 'integrated-gradients', options: { steps: 20 } },
    },
    metrics: {
      'osr, generator': metric('osr', 'osr-gan'),
      'osr, level set': metric('osr', 'level-set'),
      'raw, generator': metric('osr-raw', 'osr-gan'),
      'raw, level set': metric('osr-raw', 'level-set'),
      'noise, uniform': metric('osr', 'noise, uniform 0.2'),
      'noise, Gaussian': metric('osr', 'noise, Gaussian 0.1'),
    },
    seed: 7,
  },
  { baseFolder: import.meta.dirname, log },
)

const accepted = (name: keyof typeof samplers, id?: string): readonly Neighbour[] =>
  [...samplers[name].made].flatMap(([example, neighbours]) => (id === undefined || example === id ? neighbours.filter(({ rejected }) => rejected === undefined) : []))
const first = results.examples[0]!.id
const methods = Object.keys(results.config.attributers)
const summaryOf = (metricName: string) => methods.map((method) => results.summary.find(({ attributer, metric: of }) => attributer === method && of === metricName)!)
const metrics = Object.keys(results.config.metrics)
const tau = (a: string, b: string): number => kendallTauB(summaryOf(a).map((row) => row.mean!), summaryOf(b).map((row) => row.mean!))

const shares = Object.fromEntries(Object.entries(samplers).map(([name, { made }]) => [name, mean([...made.values()].flat().map(({ rejected }) => Number(rejected === undefined)))]))
const agreement = { relative: tau('osr, generator', 'osr, level set'), raw: tau('raw, generator', 'raw, level set') }
await writeFile(new URL('figures.json', import.meta.url), `${JSON.stringify({ examples: take, accepted: shares, tauOfGeneratorAndLevelSet: agreement, summary: results.summary }, null, 2)}\n`)

/** Pictures of CIFAR-10, where CIFAR10_PICTURES names the folder that has them by class below test/. */
async function cifar(folder: string): Promise<readonly string[]> {
  const { sampler, made } = await remembering('osr-gan')
  const { results: own, inputs: originals } = await evaluate(
    {
      plugins,
      models: { natural: { use: 'layers-model', options: { path: '../cifar/models/natural' } } },
      dataset: { use: 'image-folder', options: { folder: `${folder}/test`, order: 'hash' } },
      examples: { take: 4, correctFor: 'all-models' },
      attributers: { saliency: 'saliency' },
      metrics: { osr: { use: 'osr', options: { sampler: { given: sampler } } } },
      seed: 7,
    },
    { baseFolder: import.meta.dirname, log },
  )
  const rows = own.examples.map(({ id }, row) => {
    const similar = made.get(id)!.filter(({ rejected }) => rejected === undefined)
    return pictures([originals.data.subarray(row * 3072, (row + 1) * 3072), ...similar.slice(0, 9).map(({ input }) => input)], 32)
  })
  const neighbours = [...made.values()].flat()
  const share = mean(neighbours.map(({ rejected }) => Number(rejected === undefined)))
  const distance = mean(neighbours.map(({ inputDistance }) => inputDistance.l2))
  return ['<h2>Pictures of CIFAR-10 beside their originals</h2>', `<p>Accepted: ${(100 * share).toFixed(0)} %; ${distance.toFixed(1)} from the original in l2, in the mean.</p>`, grid(rows)]
}

const size = 784
await writeFile(
  new URL('figures.html', import.meta.url),
  page('Digits of which a classifier thinks alike', [
    '<h2>Distances to the first digit</h2><p>l2 and the largest change of a value, of accepted neighbours.</p>',
    `<div class="row">${Object.keys(samplers).map((name) => `<figure><figcaption>${name}</figcaption>${histogram(accepted(name as keyof typeof samplers, first).map(({ inputDistance }) => inputDistance.l2), [0, 8], 'l2')}${histogram(accepted(name as keyof typeof samplers, first).map(({ inputDistance }) => inputDistance.linf), [0, 1], 'largest change')}</figure>`).join('')}</div>`,
    '<h2>Differences of the logit</h2><p>F<sub>y</sub>(x) - F<sub>y</sub>(x~) of accepted neighbours of all digits, in logits.</p>',
    `<div class="row">${Object.keys(samplers).map((name) => `<figure><figcaption>${name}</figcaption>${histogram(accepted(name as keyof typeof samplers).map(({ logitDistance }) => logitDistance), [-6, 6], 'difference of the logit')}</figure>`).join('')}</div>`,
    '<h2>Generated digits beside their originals</h2>',
    grid(results.examples.map(({ id }, row) => pictures([inputs.data.subarray(row * size, (row + 1) * size), ...accepted('osr-gan', id).slice(0, 9).map(({ input }) => input)], 28))),
    '<h2>By steps onto levels of the logit</h2>',
    grid(results.examples.slice(0, 4).map(({ id }, row) => pictures([inputs.data.subarray(row * size, (row + 1) * size), ...accepted('level-set', id).slice(0, 9).map(({ input }) => input)], 28))),
    ...(process.env.CIFAR10_PICTURES ? await cifar(process.env.CIFAR10_PICTURES) : []),
    '<h2>Methods</h2><p>Mean over digits with its 95 % interval; lower is more robust.</p>',
    table(['method', ...metrics], methods.map((method, row) => [method, ...metrics.map((name) => cell(summaryOf(name)[row]!))])),
    `<p>Kendall's tau-b between the orders by generator and by level set: ${agreement.relative.toFixed(2)} relative to the map's norm, ${agreement.raw.toFixed(2)} raw.</p>`,
    `<p>Accepted: ${Object.entries(shares).map(([name, share]) => `${name} ${(100 * share).toFixed(0)} %`).join(', ')}.</p>`,
  ]),
)

function cell({ mean: value, ciLow, ciHigh }: (typeof results.summary)[number]): string {
  return value === null ? '-' : `${value.toFixed(2)}${ciLow === null || ciHigh === null ? '' : ` [${ciLow.toFixed(2)}, ${ciHigh.toFixed(2)}]`}`
}
