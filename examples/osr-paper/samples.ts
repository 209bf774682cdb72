/*
 * What generators and noise make of inputs, on each data set: the paper's figures 1, 2 and 4 to 6, and its claims on neighbours. Seconds that a generator takes, by the way.
 *
 *   npm run samples -- --data FOLDER [--backend NAME] [--out FOLDER] [data set ...]
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Base, Host, isUserError, Logger, mean, messageOf, type Neighbour, type Sampler, type Score } from '@touchstone/core'
import datasets from '@touchstone/datasets'
import { evaluate } from '@touchstone/evaluation'
import gradients from '@touchstone/gradients'
import noise from '@touchstone/noise'
import osr from '@touchstone/osr-gan'
import tfjsModels from '@touchstone/tfjs-models'
import tfjsNode from '@touchstone/tfjs-node'
import { claimsTable } from '../papers/judgement.js'
import { commandLine, fail } from '../zoo/command-line.js'
import { dataIn } from '../zoo/data.js'
import { prepareData } from '../zoo/prepare.js'
import { modelPath } from '../zoo/recipes.js'
import { generators, judgeNeighbourhoods, noises, type Found, type Neighbourhoods } from './neighbourhoods.js'
import { gridFigure, histogramFigure } from './samples-figure.js'

const sets = {
  mnist: { models: ['mnist-well-1'], inputs: 8, without: [] },
  cifar10: { models: ['cifar10-well-1', 'cifar10-bad-1'], inputs: 8, without: [] },
  // 300 steps of 7.8 s on a core for each of them.
  radiographs: { models: ['radiographs-well'], inputs: 5, without: ['generator, printed'] },
} as const
type SetName = keyof typeof sets
const count = 100

const { values, positionals } = commandLine({ data: { type: 'string', default: 'data' }, backend: { type: 'string', default: 'auto' }, out: { type: 'string', default: join(import.meta.dirname, 'runs', 'samples') } })
const unknown = positionals.filter((name) => !(name in sets))
if (unknown.length > 0) fail(`there is no data set ${unknown.join(', ')}: choose from ${Object.keys(sets).join(', ')}`)
const chosen = positionals.length > 0 ? (positionals as SetName[]) : (Object.keys(sets) as SetName[])
const folder = chosen.some((name) => name !== 'mnist') ? await prepareData(values.data, join(import.meta.dirname, '../zoo/data')).catch((error: unknown) => fail(messageOf(error))) : '.'
const out = resolve(values.out)
await mkdir(out, { recursive: true })

const plugins = [tfjsModels, datasets, gradients, noise, osr, ...(values.backend.startsWith('tfjs-node') ? [tfjsNode] : [])]
const log = { info: (message: string) => process.stderr.write(`${message}\n`), warn: (message: string) => process.stderr.write(`${message}\n`) }
const uses = { ...generators, ...Object.fromEntries(Object.entries(noises).map(([name, { options }]) => [name, { use: 'noise', options }])) }

/** What a sampler made of the inputs of a data set. */
interface Sampled {
  readonly model: string
  readonly found: readonly (readonly Found[])[]
  /** For each input. */
  readonly seconds: number
}
const labelsOf = (name: SetName): readonly (keyof typeof uses)[] => (Object.keys(uses) as (keyof typeof uses)[]).filter((label) => !(sets[name].without as readonly string[]).includes(label))
const modelOf = (name: SetName): string | undefined => sets[name].models.find((one) => existsSync(join(import.meta.dirname, modelPath(one), 'model.json')))
const fileOf = (name: SetName, label: string): string => join(out, `${name}, ${modelOf(name)}, ${label}.json`)
// One sampler after the other, so that the seconds of the generator are its own; each is kept when it is through.
for (const name of chosen) {
  const model = modelOf(name) ?? fail(`${name}: there is no ${sets[name].models.join(' or ')}, which examples/zoo trains`)
  for (const label of labelsOf(name)) {
    const file = fileOf(name, label)
    if (existsSync(file)) continue
    const sampled = await sample(name, model, label).catch((error: unknown) => {
      if (isUserError(error)) fail(messageOf(error))
      throw error
    })
    await writeFile(`${file}.part`, `${JSON.stringify(sampled)}\n`)
    await rename(`${file}.part`, file)
  }
}

const judgements = []
for (const name of Object.keys(sets) as SetName[]) {
  const labels = labelsOf(name)
  if (!labels.every((label) => existsSync(fileOf(name, label)))) continue
  const sampled = await Promise.all(labels.map(async (label) => [label, JSON.parse(await readFile(fileOf(name, label), 'utf8')) as Sampled] as const))
  const found: Neighbourhoods = Object.fromEntries(sampled.map(([label, one]) => [label, one.found]))
  const { model, seconds } = new Map(sampled).get('generator')!
  await writeFile(join(out, `${name}-distances.svg`), histogramFigure(`${name}, by ${model}`, found))
  judgements.push(...judgeNeighbourhoods(name, found), { claim: 'C10: seconds that training a generator takes', data: name, theirs: name === 'cifar10' ? '46' : name === 'radiographs' ? 'about 180' : 'not told', ours: `${seconds.toFixed(1)} on one core`, verdict: 'measured' as const })
}
await writeFile(join(out, 'claims.md'), claimsTable(judgements))
console.log(claimsTable(judgements))

/** Draws neighbours of a data set's first inputs, and the pictures of those by the generator with the paper's delta. */
async function sample(name: SetName, model: string, label: keyof typeof uses): Promise<Sampled> {
  const host = new Host(plugins)
  await using scope = host.open([{ token: Base, value: { path: import.meta.dirname } }, { token: Logger, value: log }])
  log.info(`${name}: ${label}`)
  const sampler: Sampler = await scope.create({ ...host.resolver().resolve('sampler', uses[label], [label])!, kind: 'sampler' })
  const made = new Map<string, readonly Neighbour[]>()
  const asking: Score = {
    direction: 'higher',
    score: async ({ example, neighbours }) => {
      const list = await neighbours(sampler, count)
      made.set(example.id, list)
      return { value: mean(list.map(({ rejected }) => Number(rejected === undefined))) }
    },
  }
  const { results, inputs, run } = await evaluate(
    {
      plugins,
      models: { [model]: { use: 'layers-model', options: { path: modelPath(model), foldBatchNorm: true } } },
      dataset: dataIn(folder)[name]('test'),
      examples: { take: sets[name].inputs, correctFor: 'all-models' },
      attributers: { saliency: 'saliency' },
      metrics: { accepted: { given: asking } },
      backend: values.backend,
      seed: 1,
    },
    { baseFolder: import.meta.dirname, log },
  )
  const lists = results.examples.map(({ id, label: own }) => ({ list: made.get(id)!, own: own! }))
  if (label === 'generator, delta 5') {
    const size = inputs.data.length / lists.length
    const rows = lists.slice(0, 4).map(({ list }, at) => [inputs.data.subarray(at * size, (at + 1) * size), ...list.filter(({ rejected }) => rejected === undefined).slice(0, 9).map(({ input }) => input)])
    await writeFile(join(out, `${name}-samples.svg`), gridFigure(`${name}: inputs, and what generators make of them with delta 5 (${model})`, rows, results.dataset.inputShape))
  }
  const found = lists.map(({ list, own }) => list.map(({ inputDistance, logitDistance, predicted, rejected }) => ({ ...inputDistance, logitDistance, sameClass: predicted === own, accepted: rejected === undefined })))
  return { model, found, seconds: run.stages.find(({ stage }) => stage === 'evaluate')!.seconds / lists.length }
}
