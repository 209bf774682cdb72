import {
  argmax,
  breathe,
  createMemo,
  createRandomness,
  eachRow,
  messageOf,
  resultOf,
  sliceRows,
  stackRows,
  undefinedResult,
  type Attributer,
  type Dataset,
  type Host,
  type Kind,
  type Model,
  type Neighbour,
  type ReferenceInput,
  type Rows,
  type Scope,
  type ScoreContext,
} from '@touchstone/core'
import type { Explanation, Finding } from './messages.js'

const batchRows = 32

/**
 * A pipeline of one's own: the model is asked, each method makes its map, neighbours are made, once for all methods unless they attack one, then maps of
 * neighbours and scores. Each finding is told when it is there; what fails is told too, and the rest goes on.
 */
export async function explain(model: Model, host: Host, scope: Scope, dataset: Dataset, work: Explanation, signal: AbortSignal, tell: (finding: Finding) => void): Promise<void> {
  const made = <K extends Kind>(kind: K, use: ReferenceInput) => {
    const resolver = host.resolver()
    const tree = resolver.resolve(kind, use, [])
    if (!tree) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
    return scope.create({ ...tree, kind })
  }
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      signal.throwIfAborted()
      tell({ told: 'failed', what, message: messageOf(error) })
    }
  }

  const shape = model.inputShape
  const example = await dataset.example(0)
  const randomness = createRandomness(7, example.id)
  const outputs = (await predict(stackRows([example.input], shape))).data
  const target = argmax(outputs)
  tell({ told: 'prediction', outputs, target })

  const memo = createMemo<unknown>()
  const shared: ScoreContext['shared'] = <T>({ key }: { readonly key: symbol }, inner: string, compute: () => Promise<T>) => memo(outputs, `${String(key)} ${inner}`, compute) as Promise<T>
  const subject = { model: { ...model, predict }, example, outputs, target, dataset, randomness, batchRows, signal, kept: shared }
  const sampler = made('sampler', work.sampler)
  const neighboursOf = async (attributer: Attributer): Promise<readonly Neighbour[]> =>
    work.attacks
      ? (await sampler).sample({ ...subject, attributer }, work.count)
      : (memo(sampler, 'neighbours', async () => {
          const neighbours = await (await sampler).sample(subject, work.count)
          tell({ told: 'neighbours', neighbours })
          return neighbours
        }) as Promise<readonly Neighbour[]>)

  for (const [method, use] of Object.entries(work.methods)) {
    await attempt(method, async () => {
      const attributer = await made('attributer', use)
      await attributer.fits?.(model, dataset)
      const attribute = async (inputs: readonly Float32Array[], by: Model = subject.model) => {
        const rows = stackRows(inputs, shape)
        const same = <T>(value: T): T[] => inputs.map(() => value)
        const maps = await attributer.attribute({ model: by, inputs: rows, targets: same(target), randomness: same(randomness), batchRows, reference: dataset, signal })
        return eachRow(maps).map((data) => ({ shape, data }))
      }
      const map = (await attribute([example.input]))[0]!
      tell({ told: 'map', method, map: map.data })

      await attempt(`${method}: neighbours`, async () => {
        const neighbours = await neighboursOf(attributer)
        if (work.attacks) tell({ told: 'neighbours', method, neighbours })
        const accepted = neighbours.filter(({ rejected }) => rejected === undefined).map(({ input }) => input)
        tell({ told: 'maps', method, maps: accepted.length === 0 ? [] : (await attribute(accepted)).map(({ data }) => data) })
      })
      for (const [name, score] of Object.entries(work.scores)) {
        await attempt(`${method}: ${name}`, async () => {
          const context: ScoreContext = { ...subject, map, predict, shared, maps: (inputs) => attribute(inputs), mapsOf: (other, inputs) => attribute(inputs, other), neighbours: () => neighboursOf(attributer) }
          const { value, reason, ...details } = await (await made('score', score)).score(context)
          tell({ told: 'score', method, score: name, result: value === undefined ? undefinedResult(reason) : resultOf(value, details) })
        })
      }
    })
  }

  /** The model's outputs, some rows at a time. */
  async function predict(inputs: Rows): Promise<Rows> {
    const rows: Float32Array[] = []
    for (let from = 0; from < inputs.shape[0]!; from += batchRows) {
      await breathe(signal)
      rows.push(...eachRow(await model.predict(sliceRows(inputs, from, Math.min(from + batchRows, inputs.shape[0]!)))))
    }
    return stackRows(rows, [model.classCount])
  }
}
