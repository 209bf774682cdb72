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
  type Host,
  type Job,
  type JobExample,
  type JobProgress,
  type JobReport,
  type Model,
  type Neighbour,
  type Randomness,
  type ResolvedExtension,
  type Result,
  type Sampler,
  type SamplerTraits,
  type Scope,
  type Score,
  type ScoreContext,
  type Token,
} from '@touchstone/core'
import { checkDiagnostics, checkShape } from './check-shape.js'
import { seenNeighbours } from './gallery.js'
import { digestInput } from './digest-input.js'
import { joinCalls } from './join-calls.js'
import type { Predictions } from './predictions.js'
import type { ResolvedConfig } from './results.js'
import { Stopwatch } from './stopwatch.js'
import type { Store } from './store/store.js'
import type { UnitKeys } from './unit-keys.js'

/** What the jobs of an evaluation share, on one thread. */
export interface JobContext {
  /** By label; `predict` joins small requests. */
  readonly models: ReadonlyMap<string, Model>
  readonly dataset: Dataset
  readonly attributers: ReadonlyMap<string, Attributer>
  readonly scores: ReadonlyMap<string, Score>
  readonly resolved: ResolvedConfig
  readonly batchRows: number
  readonly host: Host
  readonly scope: Scope
  readonly store: Store
  readonly keys: UnitKeys
  readonly predictions: Predictions
}

/** What one job adds to it. */
interface RunningJob extends JobContext {
  readonly label: string
  readonly model: Model
  readonly signal: AbortSignal
  readonly stopwatch: Stopwatch
  /** Ends what is still under way when something has failed. */
  readonly failed: AbortController
  /** The value of a unit: from the store, else computed once and kept. */
  readonly keep: <T>(unit: Omit<JobProgress, 'model'>, key: string, compute: () => Promise<T>, beside?: Beside) => Promise<T>
}

/** What is kept beside a unit, and made with it. */
interface Beside {
  readonly kind: string
  readonly key: string
  readonly value: () => Promise<unknown>
}

/** A map, and what its method said about it: what the store has of a map. */
export interface MapAnswer {
  readonly map: Float32Array
  readonly diagnostics: Readonly<Record<string, number>>
}

interface MapRequest {
  readonly input: Float32Array
  readonly target: number
  readonly randomness: Randomness
}

/**
 * Evaluates some examples of one model with every method and score, as far as the store does not have them. The examples go side by side, and what they ask
 * of the model and of a method is joined into full batches; what several scores ask for is computed once. Resolves when all of it is written.
 *
 * @param onProgress called once per map, set of neighbours and score that was computed.
 */
export async function runJob(job: Job, context: JobContext, signal: AbortSignal | undefined, onProgress: (progress: JobProgress) => void): Promise<JobReport> {
  const scheduled = context.models.get(job.model)!
  const stopwatch = new Stopwatch()
  const model: Model = { ...scheduled, predict: (inputs) => stopwatch.predict(() => scheduled.predict(inputs)) }
  const units = { kept: 0, computed: 0 }
  const memo = createMemo<unknown>()
  const keep: RunningJob['keep'] = async <T>(unit: Omit<JobProgress, 'model'>, key: string, compute: () => Promise<T>, beside?: Beside): Promise<T> =>
    memo(units, key, async () => {
      const known = beside && !context.store.has(beside.key) ? undefined : await context.store.get<T>(key)
      if (known !== undefined) {
        units.kept++
        return known
      }
      const value = await compute()
      context.store.put(unit.kind, key, value)
      if (beside) context.store.put(beside.kind, beside.key, await beside.value())
      units.computed++
      onProgress({ model: job.model, ...unit })
      return value
    }) as Promise<T>
  const failed = new AbortController()
  const running: RunningJob = { ...context, label: job.model, model, signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal, failed, keep, stopwatch }
  const attribute = new Map([...context.attributers.keys()].map((name) => [name, joinCalls((requests: readonly MapRequest[]) => attributeRows(name, model, requests, running))]))
  const before = model.rowsRun()
  try {
    await allOf(job.examples.map((example) => runExample(example, running, attribute)), failed)
  } finally {
    // What was finished stays, however the job ends.
    await context.store.flush()
  }
  return { job: job.id, model: job.model, rowsRun: model.rowsRun() - before, units, seconds: stopwatch.seconds() }
}

/** The maps of a method, checked. */
async function attributeRows(name: string, model: Model, requests: readonly MapRequest[], { dataset, attributers, batchRows, signal, label, stopwatch }: RunningJob): Promise<readonly MapAnswer[]> {
  const inputs = stackRows(requests.map(({ input }) => input), model.inputShape)
  return named(`attributer "${name}" on model "${label}"`, async () => {
    const maps = await stopwatch.maps(name, () => attributers.get(name)!.attribute({ model, inputs, targets: requests.map(({ target }) => target), randomness: requests.map(({ randomness }) => randomness), batchRows, reference: dataset, signal }))
    checkShape(maps, inputs.shape, 'maps')
    checkDiagnostics(maps)
    const said = Object.entries(maps.diagnostics ?? {})
    return eachRow(maps).map((map, row): MapAnswer => ({ map, diagnostics: Object.fromEntries(said.map(([what, values]) => [what, values[row]!])) }))
  })
}

async function runExample(
  { index, id, target, shown }: JobExample,
  running: RunningJob,
  attribute: ReadonlyMap<string, (requests: readonly MapRequest[]) => Promise<readonly MapAnswer[]>>,
): Promise<void> {
  const { label, model, dataset, attributers, scores, resolved, batchRows, host, scope, keys, keep, predictions, signal, failed } = running
  const example = await dataset.example(index)
  if (example.id !== id) throw new UserError(`dataset: example ${index} is ${example.id}, but it was ${id} when the evaluation was planned: the data have changed`)
  const inputDigest = await digestInput(example.input)
  const outputs = (await predictions(label, [example], [inputDigest]))[0]!
  const key = keys.subject(label, { id, label: example.label, inputDigest }, target)
  const shape = model.inputShape
  const randomness = createRandomness(resolved.seed, id)
  const keptBy = (owner: object): ScoreContext['kept'] => <T>({ key: what }: Token<T>, inner: string, compute: () => Promise<T>) =>
    keep({ kind: 'shared', example: id }, keys.shared(key, scope.originOf(owner)?.plugin.name ?? 'code', String(what), inner), compute)
  const subject = { model, example, outputs, target, dataset, randomness, signal }
  const forAll = neighbourMemo()
  const memo = createMemo<unknown>()
  const shared: ScoreContext['shared'] = <T>({ key: what }: Token<T>, inner: string, compute: () => Promise<T>) => memo(subject, `${String(what)} ${inner}`, compute) as Promise<T>

  await allOf(
    [...attributers].map(async ([name, attributer]) => {
      const request = (inputs: readonly Float32Array[]): Promise<readonly MapAnswer[]> => attribute.get(name)!(inputs.map((input) => ({ input, target, randomness })))
      const own = keep({ kind: 'map', example: id, attributer: name }, keys.map(key, name), async () => (await request([example.input]))[0]!)
      const known = new Map<Float32Array, Promise<MapAnswer>>([[example.input, own]])
      const maps = async (inputs: readonly Float32Array[]): Promise<readonly AttributionMap[]> => {
        // What is known already is not asked for again; the rest goes in one request.
        const fresh = inputs.filter((input) => !known.has(input))
        if (fresh.length > 0) {
          const answers = request(fresh)
          fresh.forEach((input, position) => known.set(input, answers.then((maps) => maps[position]!)))
        }
        return Promise.all(inputs.map(async (input) => ({ shape, data: (await known.get(input)!).map })))
      }
      const mapsOf = async (other: Model, inputs: readonly Float32Array[]): Promise<readonly AttributionMap[]> =>
        (await attributeRows(name, other, inputs.map((input) => ({ input, target, randomness })), running)).map(({ map }) => ({ shape, data: map }))
      const underAttack = neighbourMemo()
      const neighbours = (sampler: Sampler, count: number): Promise<readonly Neighbour[]> => {
        const origin = scope.originOf(sampler)
        const attacks = (origin?.value.traits as SamplerTraits | undefined)?.dependsOn === 'attributer'
        const seen = { ...subject, kept: keptBy(sampler), ...(attacks && { attributer }) }
        const sample = () => named(`sampler "${origin?.value.name ?? 'given'}" on model "${label}", example ${id}`, () => sampler.sample(seen, count))
        return (attacks ? underAttack : forAll)(sampler, count, () =>
          origin && isWorthKeeping(host, origin.resolved) ? keep({ kind: 'samples', example: id, ...(attacks && { attributer: name }) }, keys.samples(key, origin.resolved, count, attacks ? name : undefined), sample) : sample(),
        )
      }

      const { map } = await own
      const finite = isFiniteArray(map)
      await allOf(
        [...scores].map(([metric, score]) => {
          const drawn: { readonly sampler: Sampler; readonly list: readonly Neighbour[] }[] = []
          const noted: ScoreContext['neighbours'] = async (sampler, count) => {
            const list = await neighbours(sampler, count)
            if (shown) drawn.push({ sampler, list })
            return list
          }
          const judge = async (): Promise<Result> => {
            if (!finite) return undefinedResult('the map holds values that are not finite')
            return named(`metric "${metric}" for attributer "${name}" on model "${label}", example ${id}`, () =>
              checkedResult(score.score({ ...subject, map: { shape, data: map }, batchRows, predict: model.predict, maps, mapsOf, neighbours: noted, shared, kept: keptBy(score) })),
            )
          }
          const beside: Beside | undefined = shown ? { kind: 'seen', key: keys.seen(key, name, metric), value: () => Promise.all(drawn.map(({ sampler, list }) => seenNeighbours(list, scope.originOf(sampler)?.resolved, shape, (input) => known.get(input)))) } : undefined
          return keep({ kind: 'score', example: id, attributer: name, metric }, keys.score(key, name, metric), judge, beside)
        }),
        failed,
      )
    }),
    failed,
  )
}

/** Waits for all, so that nothing goes on behind the back of who waits; the first failure ends the others and is thrown. */
async function allOf(promises: readonly Promise<unknown>[], failed: AbortController): Promise<void> {
  for (const promise of promises) promise.catch((error: unknown) => failed.abort(error))
  await Promise.allSettled(promises)
  if (failed.signal.aborted) throw failed.signal.reason
}

/** What costs no more than the forward pass by which it is measured is made again rather than kept. */
function isWorthKeeping(host: Host, sampler: ResolvedExtension): boolean {
  const { rows, adaptive } = host.cost(sampler) ?? { rows: Infinity }
  return rows > 1 || adaptive === true
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
