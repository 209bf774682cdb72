import { argmax, isFiniteArray, messageOf, sizeOf, UserError, type Dataset, type Example, type Model } from '@touchstone/core'
import { digestInput } from './digest-input.js'
import type { Predictions } from './predictions.js'
import type { ResolvedConfig } from './results.js'

/** An example that is evaluated; its input stays in the dataset, so that memory does not grow with their number. */
interface ChosenExample {
  /** Its place in the dataset. */
  readonly index: number
  readonly id: string
  readonly label: number | undefined
  /** The bytes of its input as a hash. */
  readonly inputDigest: string
}

/** An example under one model. */
export interface Subject {
  readonly example: ChosenExample
  readonly predicted: number
  /** The class to explain. */
  readonly target: number
  /** The model's output for the target. */
  readonly output: number
}

export interface Selection {
  /** Every example that some model is evaluated on, in the order of the dataset. */
  readonly examples: readonly ChosenExample[]
  /** Per model its own, in the same order. */
  readonly subjects: ReadonlyMap<string, readonly Subject[]>
}

/**
 * Reads the dataset from its start until `take` examples (of each model, for `each-model`) are found. What the models make of the examples is kept.
 * @throws UserError where a label or input does not fit, or nothing is left.
 */
export async function selectExamples(
  { examples: { take, correctFor }, target }: ResolvedConfig,
  dataset: Dataset,
  models: ReadonlyMap<string, Model>,
  batchRows: number,
  predictions: Predictions,
  warn: (message: string) => void,
  onProgress: (found: number, wanted: number) => void,
): Promise<Selection> {
  const subjects = new Map([...models.keys()].map((label) => [label, [] as Subject[]]))
  const chosen = new Map<string, ChosenExample>()
  const seen = new Set<string>()
  const full = () => [...subjects.values()].every((list) => list.length >= take)

  for (let from = 0; from < dataset.size && !full(); from += batchRows) {
    const { examples, failure } = await readExamples(dataset, from, Math.min(from + batchRows, dataset.size))
    const outputs = new Map<string, readonly Float32Array[]>()
    const digests = await Promise.all(examples.map(({ input }) => digestInput(input)))
    for (const label of models.keys()) outputs.set(label, await predictions(label, examples, digests))
    // An example is judged when its turn comes, so that what is wrong with later ones never depends on how many are read at once.
    for (const [position, example] of examples.entries()) {
      if (full()) break
      if (seen.has(example.id)) throw new UserError(`two examples of the dataset have the id ${example.id}: ids must be unique`)
      seen.add(example.id)
      const views = [...models].map(([label, model]) => ({ label, view: judge(example, outputs.get(label)![position]!, target, model, label) }))
      const right = ({ view }: (typeof views)[number]) => view.predicted === labelOf(example, `examples.correctFor "${correctFor}"`)
      const eligible = correctFor === 'any' ? views : correctFor === 'each-model' ? views.filter(right) : views.every(right) ? views : []
      const facts = { index: from + position, id: example.id, label: example.label, inputDigest: digests[position]! }
      for (const { label, view } of eligible) {
        const list = subjects.get(label)!
        if (list.length >= take) continue
        // One by one: what is spread takes twice the memory, and there is one of these for each example.
        list.push({ example: facts, predicted: view.predicted, target: view.target, output: view.output })
        chosen.set(example.id, facts)
      }
    }
    if (failure !== undefined && !full()) throw failure
    onProgress([...subjects.values()].reduce((sum, list) => sum + list.length, 0), take * subjects.size)
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

function judge(example: Example, outputs: Float32Array, target: ResolvedConfig['target'], model: Model, label: string): Omit<Subject, 'example'> {
  if (!isFiniteArray(example.input)) throw new UserError(`example ${example.id} holds a value that is not a finite number`)
  if (!isFiniteArray(outputs)) throw new UserError(`model "${label}" gives an output that is not a finite number for example ${example.id}: its weights or the input's range may be wrong`)
  if (example.label !== undefined && !(example.label >= 0 && example.label < model.classCount))
    throw new UserError(`example ${example.id} has label ${example.label}, but model "${label}" knows classes 0 to ${model.classCount - 1}`)
  const predicted = argmax(outputs)
  const explained = target === 'predicted' ? predicted : target === 'label' ? labelOf(example, 'target "label"') : target
  return { predicted, target: explained, output: outputs[explained]! }
}

function labelOf(example: Example, what: string): number {
  if (example.label === undefined) throw new UserError(`${what} needs labels, but example ${example.id} has none`)
  return example.label
}
