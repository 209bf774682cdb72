import {
  createMemo,
  createRandomness,
  joinCalls,
  UserError,
  type AttributionMap,
  type Host,
  type Job,
  type JobExample,
  type JobProgress,
  type JobReport,
  type Model,
  type Neighbour,
  type ResolvedExtension,
  type Result,
  type Sampler,
  type SamplerTraits,
  type ScoreContext,
  type Token,
} from '@touchstone/core'
import { attributeEach, attributeRows, type MapAnswer, type Mapped, type MapRequest } from './attribute.js'
import { checkFinite, checkNeighbours, checkResult } from './check-shape.js'
import { digestInput } from './digest-input.js'
import { ExtensionFault, extensionNamed, FaultList } from './faults.js'
import { findLeaks } from './find-leaks.js'
import { seenNeighbours } from './gallery.js'
import { guarded } from './guarded.js'
import type { Beside, JobContext, JobWatch, RunningJob } from './running-job.js'
import { Stopwatch } from './stopwatch.js'

/**
 * Evaluates some examples of one model with every method and score, as far as the store does not have them. The examples go side by side, and what they ask
 * of the model and of a method is joined into full batches; what several scores ask for is computed once. Resolves when all of it is written. What an extension fails
 * to give is told in the report and kept nowhere.
 *
 * @param onProgress called once per map, set of neighbours and score that was computed.
 */
export async function runJob(job: Job, context: JobContext, signal: AbortSignal | undefined, onProgress: (progress: JobProgress) => void, watch: JobWatch = {}): Promise<JobReport> {
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
      const seen = await beside?.value()
      context.store.put(unit.kind, key, value)
      if (beside) context.store.put(beside.kind, beside.key, seen)
      units.computed++
      onProgress({ model: job.model, ...unit })
      return value
    }) as Promise<T>
  const failed = new AbortController()
  const faults = new FaultList()
  const running: RunningJob = { ...context, label: job.model, model, signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal, failed, keep, stopwatch, faults, watch }
  const attribute = new Map([...context.attributers.keys()].map((name) => [name, joinCalls((requests: readonly MapRequest[]) => attributeEach(name, model, requests, running))]))
  const before = model.rowsRun()
  const ended = context.leaks.begin(job.model)
  let left = 0
  try {
    await allOf(job.examples.map((example) => runExample(example, running, attribute)), failed)
  } finally {
    // What was finished stays, however the job ends.
    left = ended()
    await context.store.flush()
  }
  const rowsRun = model.rowsRun() - before
  if (left > 0) for (const leak of await findLeaks(left, job.examples[0]!, model, running)) faults.add(leak)
  return { job: job.id, model: job.model, rowsRun, units, seconds: stopwatch.seconds(), ...(faults.list().length > 0 && { faults: faults.list() }) }
}

async function runExample(
  { index, id, target, shown }: JobExample,
  running: RunningJob,
  attribute: ReadonlyMap<string, (requests: readonly MapRequest[]) => Promise<readonly Mapped[]>>,
): Promise<void> {
  const { label, model, dataset, attributers, scores, resolved, batchRows, host, scope, keys, keep, predictions, signal, failed, faults } = running
  const example = await dataset.example(index)
  if (example.id !== id) throw new UserError(`dataset: example ${index} is ${example.id}, but it was ${id} when the evaluation was planned: the data have changed`)
  const inputDigest = await digestInput(example.input)
  const outputs = (await predictions(label, [example], [inputDigest]))[0]!
  const key = keys.subject(label, { id, label: example.label, inputDigest }, target)
  const shape = model.inputShape
  const randomness = createRandomness(resolved.seed, id)
  const keptBy = (owner: object): ScoreContext['kept'] => <T>({ key: what }: Token<T>, inner: string, compute: () => Promise<T>) =>
    keep({ kind: 'shared', example: id }, keys.shared(key, scope.originOf(owner)?.plugin.name ?? 'code', String(what), inner), compute)
  const subject = { model, example, outputs, target, dataset, randomness, batchRows, signal }
  const forAll = neighbourMemo()
  const memo = createMemo<unknown>()
  const shared: ScoreContext['shared'] = <T>({ key: what }: Token<T>, inner: string, compute: () => Promise<T>) => memo(subject, `${String(what)} ${inner}`, compute) as Promise<T>

  await allOf(
    [...attributers].map(async ([name, attributer]) => {
      const request = async (inputs: readonly Float32Array[]): Promise<readonly MapAnswer[]> =>
        (await attribute.get(name)!(inputs.map((input) => ({ input, target, randomness })))).map((answer) => {
          if (answer instanceof ExtensionFault) throw answer
          return answer
        })
      const own = keep({ kind: 'map', example: id, attributer: name }, keys.map(key, name), async () => {
        const [answer] = await request([example.input])
        return guarded({ call: `map of "${name}"`, extension: extensionNamed('attributer', name, resolved.attributers[name]), place: '' }, running, () => {
          checkFinite(answer!.map)
          return Promise.resolve(answer!)
        })
      })
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
        const sampledBy = origin?.value.name ?? 'given'
        const callee = { call: `sampler "${sampledBy}" for ${count}, example ${id}${attacks ? `, attributer "${name}"` : ''}`, extension: extensionNamed('sampler', sampledBy, origin?.resolved), place: `sampler "${sampledBy}" on model "${label}", example ${id}` }
        const sample = () =>
          guarded(callee, running, async () => {
            const list = await sampler.sample(seen, count)
            checkNeighbours(list, example.input.length)
            return list
          })
        return (attacks ? underAttack : forAll)(sampler, count, () =>
          origin && isWorthKeeping(host, origin.resolved) ? keep({ kind: 'samples', example: id, ...(attacks && { attributer: name }) }, keys.samples(key, origin.resolved, count, attacks ? name : undefined), sample) : sample(),
        )
      }

      let map: Float32Array
      try {
        map = (await own).map
      } catch (error) {
        if (!(error instanceof ExtensionFault)) throw error
        faults.add(error, { kind: 'map', example: id, attributer: name }, ...[...scores.keys()].map((metric) => ({ kind: 'score' as const, example: id, attributer: name, metric })))
        return
      }
      await allOf(
        [...scores].map(async ([metric, score]) => {
          const drawn: { readonly sampler: Sampler; readonly list: readonly Neighbour[] }[] = []
          const noted: ScoreContext['neighbours'] = async (sampler, count) => {
            const list = await neighbours(sampler, count)
            if (shown) drawn.push({ sampler, list })
            return list
          }
          const place = `metric "${metric}" for attributer "${name}" on model "${label}", example ${id}`
          const judge = (): Promise<Result> =>
            guarded({ call: place, extension: extensionNamed('metric', metric, resolved.metrics[metric]), place }, running, async () => {
              const result = await score.score({ ...subject, map: { shape, data: map }, predict: model.predict, maps, mapsOf, neighbours: noted, shared, kept: keptBy(score) })
              checkResult(result)
              return result
            })
          const beside: Beside | undefined = shown ? { kind: 'seen', key: keys.seen(key, name, metric), value: () => Promise.all(drawn.map(({ sampler, list }) => seenNeighbours(list, scope.originOf(sampler)?.resolved, shape, (input) => known.get(input)))) } : undefined
          try {
            await keep({ kind: 'score', example: id, attributer: name, metric }, keys.score(key, name, metric), judge, beside)
          } catch (error) {
            if (!(error instanceof ExtensionFault)) throw error
            faults.add(error, { kind: 'score', example: id, attributer: name, metric })
          }
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
