import {
  createMemo,
  createRandomness,
  eachRow,
  isFiniteArray,
  isUserError,
  messageOf,
  resultOf,
  stackRows,
  undefinedResult,
  UserError,
  type Attributer,
  type AttributionMap,
  type Dataset,
  type Model,
  type Neighbour,
  type Randomness,
  type Result,
  type Sampler,
  type SamplerTraits,
  type Scope,
  type Score,
  type ScoreContext,
  type Token,
} from '@touchstone/core'
import { checkDiagnostics, checkShape } from './check-shape.js'
import { joinCalls } from './join-calls.js'
import type { Subject } from './select-examples.js'

/** What the examples of one job share. */
export interface JobContext {
  readonly label: string
  readonly model: Model
  readonly dataset: Dataset
  readonly attributers: ReadonlyMap<string, Attributer>
  readonly scores: ReadonlyMap<string, Score>
  readonly seed: number
  readonly batchRows: number
  readonly scope: Scope
  readonly signal: AbortSignal | undefined
  /** Called once per example x attributer x score. */
  readonly onScore: (attributer: string, score: string) => void
}

/** What a job found about one example. */
export interface JobResult {
  /** By attributer. */
  readonly maps: ReadonlyMap<string, Float32Array>
  /** By attributer, what it said about the example's map. */
  readonly diagnostics: ReadonlyMap<string, Readonly<Record<string, number>>>
  /** By attributer, then by score. */
  readonly results: ReadonlyMap<string, ReadonlyMap<string, Result>>
}

/** A map, and what its method said about it. */
interface MapAnswer {
  readonly map: Float32Array
  readonly diagnostics: Readonly<Record<string, number>>
}

interface MapRequest {
  readonly input: Float32Array
  readonly target: number
  readonly randomness: Randomness
}

/**
 * Evaluates some examples of one model with every method and score. The examples go side by side, and what they ask of the model and of
 * a method is joined into full batches; what several scores ask for is computed once.
 */
export async function runJob(subjects: readonly Subject[], context: JobContext): Promise<readonly JobResult[]> {
  const { model, attributers } = context
  const attribute = new Map([...attributers.keys()].map((name) => [name, joinCalls((requests: readonly MapRequest[]) => attributeRows(name, model, requests, context))]))
  return Promise.all(subjects.map((subject) => runExample(subject, context, attribute)))
}

/** The maps of a method, checked. */
async function attributeRows(name: string, model: Model, requests: readonly MapRequest[], { dataset, attributers, batchRows, signal, label }: JobContext): Promise<readonly MapAnswer[]> {
  const inputs = stackRows(requests.map(({ input }) => input), model.inputShape)
  return named(`attributer "${name}" on model "${label}"`, async () => {
    const maps = await attributers.get(name)!.attribute({ model, inputs, targets: requests.map(({ target }) => target), randomness: requests.map(({ randomness }) => randomness), batchRows, reference: dataset, ...(signal && { signal }) })
    checkShape(maps, inputs.shape, 'maps')
    checkDiagnostics(maps)
    const said = Object.entries(maps.diagnostics ?? {})
    return eachRow(maps).map((map, row): MapAnswer => ({ map, diagnostics: Object.fromEntries(said.map(([what, values]) => [what, values[row]!])) }))
  })
}

async function runExample(
  { example, outputs, target }: Subject,
  context: JobContext,
  attribute: ReadonlyMap<string, (requests: readonly MapRequest[]) => Promise<readonly MapAnswer[]>>,
): Promise<JobResult> {
  const { label, model, dataset, attributers, scores, seed, batchRows, scope, signal, onScore } = context
  const shape = model.inputShape
  const randomness = createRandomness(seed, example.id)
  const subject = { model, example, outputs, target, dataset, randomness, ...(signal && { signal }) }
  const forAll = neighbourMemo()
  const memo = createMemo<unknown>()
  const shared: ScoreContext['shared'] = <T>({ key: what }: Token<T>, key: string, compute: () => Promise<T>) => memo(subject, `${String(what)} ${key}`, compute) as Promise<T>
  const all = { maps: new Map<string, Float32Array>(), diagnostics: new Map<string, Readonly<Record<string, number>>>(), results: new Map<string, Map<string, Result>>() }

  await Promise.all(
    [...attributers].map(async ([name, attributer]) => {
      const known = new Map<Float32Array, Promise<MapAnswer>>()
      const maps = async (inputs: readonly Float32Array[]): Promise<readonly AttributionMap[]> => {
        // What is known already is not asked for again; the rest goes in one request.
        const fresh = inputs.filter((input) => !known.has(input))
        if (fresh.length > 0) {
          const answers = attribute.get(name)!(fresh.map((input) => ({ input, target, randomness })))
          fresh.forEach((input, index) => known.set(input, answers.then((maps) => maps[index]!)))
        }
        return Promise.all(inputs.map(async (input) => ({ shape, data: (await known.get(input)!).map })))
      }
      const mapsOf = async (other: Model, inputs: readonly Float32Array[]): Promise<readonly AttributionMap[]> =>
        (await attributeRows(name, other, inputs.map((input) => ({ input, target, randomness })), context)).map(({ map }) => ({ shape, data: map }))
      const own = neighbourMemo()
      const neighbours = (sampler: Sampler, count: number): Promise<readonly Neighbour[]> => {
        const origin = scope.originOf(sampler)
        const attacks = (origin?.value.traits as SamplerTraits | undefined)?.dependsOn === 'attributer'
        const seen = attacks ? { ...subject, attributer } : subject
        return (attacks ? own : forAll)(sampler, count, () => named(`sampler "${origin?.value.name ?? 'given'}" on model "${label}", example ${example.id}`, () => sampler.sample(seen, count)))
      }

      const [map] = await maps([example.input])
      const results = new Map<string, Result>()
      all.maps.set(name, map!.data)
      all.diagnostics.set(name, (await known.get(example.input)!).diagnostics)
      all.results.set(name, results)
      const finite = isFiniteArray(map!.data)
      await Promise.all(
        [...scores].map(async ([metric, score]) => {
          const result = finite
            ? await named(`metric "${metric}" for attributer "${name}" on model "${label}", example ${example.id}`, () =>
                checkedResult(score.score({ ...subject, map: map!, batchRows, predict: model.predict, maps, mapsOf, neighbours, shared })),
              )
            : undefinedResult('the map holds values that are not finite')
          results.set(metric, result)
          onScore(name, metric)
        }),
      )
    }),
  )
  return all
}

/** Extensions are other people's code: a result must be a finite number or a reason. */
async function checkedResult(promise: Promise<Result>): Promise<Result> {
  const { value, reason, ...details } = await promise
  if (typeof value === 'number') return resultOf(value, details)
  if (typeof reason === 'string') return undefinedResult(reason, details)
  throw new TypeError('expected a result with a number as value, or a reason')
}

/** Says which extension failed on what, and keeps the cause. */
async function named<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error
    if (isUserError(error)) throw new UserError(`${what}: ${messageOf(error)}`, { cause: error })
    throw new Error(`${what} failed: ${messageOf(error)}`, { cause: error })
  }
}

/** Makes the neighbours of a sampler and a count once. */
function neighbourMemo() {
  const made = new Map<Sampler, Map<number, Promise<readonly Neighbour[]>>>()
  return (sampler: Sampler, count: number, make: () => Promise<readonly Neighbour[]>): Promise<readonly Neighbour[]> => {
    const byCount = made.get(sampler) ?? new Map<number, Promise<readonly Neighbour[]>>()
    made.set(sampler, byCount)
    const neighbours = byCount.get(count) ?? make()
    byCount.set(count, neighbours)
    return neighbours
  }
}
