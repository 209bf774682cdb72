/*
 * Measures what each network gets right, as its test examples are and attacked, and writes models/cards.json and the table in the README of @touchstone/zoo. What stands there is not
 * measured again unless its weights have changed.
 *
 *   npm run cards -- --data FOLDER [--backend NAME]
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argmax, Base, Host, messageOf, rowAt, stackRows, type Example, type Rows } from '@touchstone/core'
import datasets from '@touchstone/datasets'
import { networkOf, pgd } from '@touchstone/network'
import tfjsModels from '@touchstone/tfjs-models'
import tfjsNode from '@touchstone/tfjs-node'
import type { Card } from '@touchstone/zoo'
import { commandLine, fail } from './command-line.js'
import { dataIn } from './data.js'
import { prepareData } from './prepare.js'
import { modelPath, recipes } from './recipes.js'


const attackedExamples = 500
const epsilons: Readonly<Record<string, number>> = { mnist: 0.3, 'fashion-mnist': 0.1 }

const { values } = commandLine({ data: { type: 'string', default: 'data' }, backend: { type: 'string', default: 'wasm' } })
const folder = await prepareData(values.data, join(import.meta.dirname, 'data')).catch((error: unknown) => fail(messageOf(error)))
const cardsFile = join(import.meta.dirname, '../../plugins/zoo/models/cards.json')
const known = existsSync(cardsFile) ? (JSON.parse(await readFile(cardsFile, 'utf8')) as readonly Card[]) : []

const host = new Host([tfjsModels, datasets, tfjsNode])
const choice = host.resolver()
const backend = choice.resolve('backend', values.backend, []) ?? fail(`--backend: ${choice.problems.map(({ message }) => message).join('; ')}`)
await using scope = host.open([{ token: Base, value: { path: import.meta.dirname } }], backend)

const cards: Card[] = []
for (const name of Object.keys(recipes)) {
  const weightsFile = join(import.meta.dirname, modelPath(name), 'weights.bin')
  // Networks that are too large to be shipped are not here.
  if (!existsSync(weightsFile)) continue
  const weights = createHash('sha256').update(await readFile(weightsFile)).digest('hex')
  const card = known.find((one) => one.name === name && one.weights === weights) ?? (await measure(name, weights))
  cards.push(card)
  console.log(`${name}: ${(100 * card.accuracy.test).toFixed(2)} % of ${card.accuracy.examples} test examples, ${(100 * card.attacked.accuracy).toFixed(1)} % of ${card.attacked.examples} attacked`)
  await writeFile(cardsFile, `${JSON.stringify(cards, undefined, 1)}\n`)
}

const table = cards.map(({ name, data, purpose, parameters, mflopPerRow, training, accuracy, attacked }) => {
  const { use, options } = training.trainer as { readonly use: string; readonly options: { readonly steps: number; readonly batch?: number } }
  return `| \`${name}\` | ${data} | ${purpose} | ${parameters.toLocaleString('en')} | ${mflopPerRow.toFixed(1)} | \`${use}\`, ${options.steps} x ${options.batch ?? 50} | ${training.seed} | ${(100 * accuracy.test).toFixed(2)} % | ${(100 * attacked.accuracy).toFixed(1)} % |`
})
const readme = join(import.meta.dirname, '../../plugins/zoo/README.md')
const head = '| name | data | purpose | parameters | MFLOP a row | trainer, at most so many batches | seed | test accuracy | attacked |\n|---|---|---|---|---|---|---|---|---|'
await writeFile(readme, (await readFile(readme, 'utf8')).replace(/(<!-- table -->\n)[^]*(<!-- end of table -->)/, `$1${head}\n${table.join('\n')}\n$2`))

async function measure(name: string, weights: string): Promise<Card> {
  const recipe = recipes[name]!
  const resolver = host.resolver()
  const model = await scope.create({ ...resolver.resolve('model', { use: 'layers-model', options: { path: modelPath(name), foldBatchNorm: true } }, [])!, kind: 'model' })
  const dataset = await scope.create({ ...resolver.resolve('dataset', dataIn(folder)[recipe.data]('test'), [])!, kind: 'dataset' })
  const epsilon = epsilons[recipe.data] ?? 8 / 255
  const rightOf = async (rows: Rows, examples: readonly Example[]): Promise<number> => {
    const outputs = await model.predict(rows)
    return examples.filter(({ label }, row) => argmax(rowAt(outputs, row)) === label).length
  }
  let [right, stood] = [0, 0]
  const attacked = Math.min(attackedExamples, dataset.size)
  for (let from = 0; from < dataset.size; from += 100) {
    const examples = await Promise.all(Array.from({ length: Math.min(100, dataset.size - from) }, (_, i) => dataset.example(from + i)))
    right += await rightOf(stackRows(examples.map(({ input }) => input), model.inputShape), examples)
    const first = examples.slice(0, Math.max(0, attacked - from))
    if (first.length === 0) continue
    const { low, high } = dataset.range
    const { inputs } = await pgd(networkOf(model), stackRows(first.map(({ input }) => input), model.inputShape), first.map(({ label }) => label!), { norm: 'linf', radius: epsilon * (high - low), steps: 20, bounds: dataset.range })
    stood += await rightOf(inputs, first)
  }
  const network = networkOf(model)
  return {
    name,
    data: recipe.data,
    purpose: recipe.purpose,
    inputShape: model.inputShape,
    classCount: model.classCount,
    parameters: network.weights.reduce((sum, { tensor }) => sum + tensor.size, 0),
    mflopPerRow: model.mflopPerRow,
    training: { model: recipe.model, trainer: recipe.trainer, seed: recipe.seed ?? 0 },
    accuracy: { test: right / dataset.size, examples: dataset.size },
    attacked: { accuracy: stood / attacked, examples: attacked, epsilon },
    weights,
  }
}
