import { createRandomness, Host, rowAt, sizeOf, sliceRows, type Dataset, type Model, type Result, type Rows, type ScoreContext } from '@touchstone/core'
import plugin from './index.js'
import { wordLength, type UnitSets } from './unit-sets.js'

/** A model that is a plain function of one input. */
export function modelOf(inputShape: readonly number[], f: (x: Float32Array) => readonly number[], outputs: Model['outputs'] = 'logits'): Model {
  let rows = 0
  const classCount = f(new Float32Array(sizeOf(inputShape))).length
  return {
    inputShape,
    classCount,
    outputs,
    fingerprint: 'plain',
    mflopPerRow: 0,
    capabilities: {},
    predict: (inputs) => {
      const count = inputs.shape[0]!
      rows += count
      return Promise.resolve({ shape: [count, classCount], data: Float32Array.from(Array.from({ length: count }, (_, row) => [...f(rowAt(inputs, row))]).flat()) })
    },
    rowsRun: () => rows,
  }
}

/** F_0 = w . x, F_1 = 0. */
export const linear = (weights: readonly number[], inputShape: readonly number[] = [weights.length]): Model => modelOf(inputShape, (x) => [x.reduce((sum, value, i) => sum + weights[i]! * value, 0), 0])

export const numbers = (n: number, seed: number, draw = 0): number[] => [...Float32Array.from(createRandomness(seed, 'numbers').normals('x', draw, n))]

export interface Asked {
  readonly options?: Readonly<Record<string, unknown>>
  readonly seed?: number
  /** Rows that go through the model at once. */
  readonly batchRows?: number
}

/** The score of a map, options checked and defaults filled in as in an evaluation; target 0. */
export async function scoreOf(use: string, model: Model, input: readonly number[], map: readonly number[], { options = {}, seed = 0, batchRows = 1e9 }: Asked = {}): Promise<Result> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('score', { use, options }, ['m'])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'))
  const score = await host.open().create({ ...resolved, kind: 'score' })
  const shape = model.inputShape
  const example = { id: 'a', input: Float32Array.from(input) }
  const dataset: Dataset = { inputShape: shape, size: 1, range: { low: 0, high: 1 }, fingerprint: '', example: () => Promise.resolve(example) }
  const predict = async (inputs: Rows): Promise<Rows> => {
    const data: number[] = []
    for (let from = 0; from < inputs.shape[0]!; from += batchRows) data.push(...(await model.predict(sliceRows(inputs, from, Math.min(inputs.shape[0]!, from + batchRows)))).data)
    return { shape: [inputs.shape[0]!, model.classCount], data: Float32Array.from(data) }
  }
  const context: ScoreContext = {
    model,
    example,
    outputs: (await model.predict({ shape: [1, ...shape], data: example.input })).data,
    target: 0,
    map: { shape, data: Float32Array.from(map) },
    dataset,
    randomness: createRandomness(seed, 'a'),
    batchRows: 64,
    predict,
    mapsOf: () => Promise.reject(new Error('not needed')),
    maps: () => Promise.reject(new Error('not needed')),
    neighbours: () => Promise.reject(new Error('not needed')),
    shared: (_what, _key, compute) => compute(),
    kept: (_what, _key, compute) => compute(),
  }
  return score.score(context)
}

/** The units of each set, in order. */
export const unitsIn = ({ count, words, bits }: UnitSets): number[][] =>
  Array.from({ length: count }, (_, set) => Array.from({ length: words * wordLength }, (_, unit) => unit).filter((unit) => (bits[set * words + Math.floor(unit / wordLength)]! >>> (unit % wordLength)) & 1))
