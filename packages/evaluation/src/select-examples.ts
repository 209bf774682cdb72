import { argmax, eachRow, isFiniteArray, messageOf, sizeOf, stackRows, UserError, type Dataset, type Example, type Model } from '@touchstone/core'
import type { ResolvedConfig } from './results.js'

/** An example under one model. */
export interface Subject {
  readonly example: Example
  /** The model's outputs for it. */
  readonly outputs: Float32Array
  readonly predicted: number
  /** The class to explain. */
  readonly target: number
}

export interface Selection {
  /** Every example that some model is evaluated on, in the order of the dataset. */
  readonly examples: readonly Example[]
  /** Per model its own, in the same order. */
  readonly subjects: ReadonlyMap<string, readonly Subject[]>
}

/**
 * Reads the dataset from its start until `take` examples (of each model, for `each-model`) are found.
 * @throws UserError where a label or input does not fit, or nothing is left.
 */
export async function selectExamples(
  { examples: { take, correctFor }, target }: ResolvedConfig,
  dataset: Dataset,
  models: ReadonlyMap<string, Model>,
  batchRows: number,
  warn: (message: string) => void,
): Promise<Selection> {
  const subjects = new Map([...models.keys()].map((label) => [label, [] as Subject[]]))
  const chosen = new Map<string, Example>()
  const seen = new Set<string>()
  const full = () => [...subjects.values()].every((list) => list.length >= take)

  for (let from = 0; from < dataset.size && !full(); from += batchRows) {
    const { examples, failure } = await readExamples(dataset, from, Math.min(from + batchRows, dataset.size))
    const outputs = new Map<string, readonly Float32Array[]>()
    for (const [label, model] of models) outputs.set(label, eachRow(await model.predict(stackRows(examples.map(({ input }) => input), model.inputShape))))
    // An example is judged when its turn comes, so that what is wrong with later ones never depends on how many are read at once.
    for (const [index, example] of examples.entries()) {
      if (full()) break
      if (seen.has(example.id)) throw new UserError(`two examples of the dataset have the id ${example.id}: ids must be unique`)
      seen.add(example.id)
      const views = [...models].map(([label, model]) => ({ label, view: subject(example, outputs.get(label)![index]!, target, model, label) }))
      const right = ({ view }: (typeof views)[number]) => view.predicted === labelOf(example, `examples.correctFor "${correctFor}"`)
      const eligible = correctFor === 'any' ? views : correctFor === 'each-model' ? views.filter(right) : views.every(right) ? views : []
      for (const { label, view } of eligible) {
        const list = subjects.get(label)!
        if (list.length >= take) continue
        list.push(view)
        chosen.set(example.id, example)
      }
    }
    if (failure !== undefined && !full()) throw failure
  }

  for (const [label, list] of subjects) {
    if (list.length === 0) throw new UserError(`examples: none of the ${dataset.size} in the dataset fits correctFor "${correctFor}" for model "${label}"`)
    if (list.length < take) warn(`examples: ${take} were asked for, but only ${list.length} of the ${dataset.size} in the dataset fit correctFor "${correctFor}" for model "${label}"`)
  }
  return { examples: [...chosen.values()], subjects }
}

/** Examples up to the first that cannot be read, and why that is. */
async function readExamples(dataset: Dataset, from: number, to: number): Promise<{ readonly examples: readonly Example[]; readonly failure?: Error }> {
  const examples: Example[] = []
  for (let index = from; index < to; index++) {
    try {
      const example = await dataset.example(index)
      if (!(example.input instanceof Float32Array) || example.input.length !== sizeOf(dataset.inputShape))
        throw new UserError(`example ${example.id} has an input that does not fill the dataset's shape [${dataset.inputShape.join(', ')}]`)
      examples.push(example)
    } catch (error) {
      return { examples, failure: error instanceof Error ? error : new Error(messageOf(error)) }
    }
  }
  return { examples }
}

function subject(example: Example, outputs: Float32Array, target: ResolvedConfig['target'], model: Model, label: string): Subject {
  if (!isFiniteArray(example.input)) throw new UserError(`example ${example.id} holds a value that is not a finite number`)
  if (!isFiniteArray(outputs)) throw new UserError(`model "${label}" gives an output that is not a finite number for example ${example.id}: its weights or the input's range may be wrong`)
  if (example.label !== undefined && !(example.label >= 0 && example.label < model.classCount))
    throw new UserError(`example ${example.id} has label ${example.label}, but model "${label}" knows classes 0 to ${model.classCount - 1}`)
  const predicted = argmax(outputs)
  return { example, outputs, predicted, target: target === 'predicted' ? predicted : target === 'label' ? labelOf(example, 'target "label"') : target }
}

function labelOf(example: Example, what: string): number {
  if (example.label === undefined) throw new UserError(`${what} needs labels, but example ${example.id} has none`)
  return example.label
}
