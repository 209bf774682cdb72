import { defineComparison, defineExtension, definePlugin, Memory, provide, resultOf, UserError, type Attributer, type Comparison, type Neighbour, type Plugin, type Sampler, type Score } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { evaluate, evaluationPlugin, memoryStorage, openEvaluation, Store, type EvaluationConfig } from './index.js'
import { linearModel, robust, toyConfig, toyPlugin } from './testing.js'

const given = (attribute: Attributer['attribute']) => ({ given: { attribute } })

/** Of a plugin: a method, a sampler, a comparison and a score under the name of what they do. */
function faultyPlugin({ attribute, sample, compare, score }: { readonly attribute?: Attributer['attribute']; readonly sample?: Sampler['sample']; readonly compare?: Comparison['compare']; readonly score?: Score['score'] }): Plugin {
  return definePlugin({
    name: 'faulty',
    build: '1',
    extensions: [
      ...(attribute ? [defineExtension({ kind: 'attributer', name: 'bad-method', summary: 's', traits: { signed: true, needs: [], differentiable: 'no' }, create: () => ({ attribute }) })] : []),
      ...(sample ? [defineExtension({ kind: 'sampler', name: 'bad-sampler', summary: 's', traits: { dependsOn: 'model' }, create: () => ({ sample }) })] : []),
      ...(compare ? [defineComparison({ name: 'bad-comparison', summary: 's', measures: 'distance', range: [0, null], compare: () => compare })] : []),
      ...(score ? [defineExtension({ kind: 'score', name: 'bad-score', summary: 's', traits: { direction: 'lower', judges: 'faithfulness' }, create: () => ({ direction: 'lower', score }) })] : []),
    ],
  })
}

const versioned: readonly Plugin[] = [{ ...evaluationPlugin, build: '1' }, { ...toyPlugin, build: '1' }]
const boom = () => {
  throw new Error('boom')
}
const noError = 'no' as unknown as Error
const withInput = (input: Float32Array): readonly Neighbour[] => [{ input, inputDistance: { l2: 1, linf: 1 }, outputs: Float32Array.of(0, 0), logitDistance: 0, predicted: 0 }]

describe('what an extension fails to give is undefined with the reason, and all else is as without it', () => {
  const alsoFine = { squares: 'times-weights' }
  const cases: readonly [string, Partial<EvaluationConfig>, Plugin, string][] = [
    ['a method that throws', { attributers: { ...alsoFine, bad: 'bad-method' } }, faultyPlugin({ attribute: boom }), 'attributer "bad" ("bad-method" of faulty) failed: boom'],
    ['a method that rejects with no error', { attributers: { ...alsoFine, bad: 'bad-method' } }, faultyPlugin({ attribute: () => Promise.reject(noError) }), 'attributer "bad" ("bad-method" of faulty) failed: no'],
    ['maps of another shape', { attributers: { ...alsoFine, bad: 'bad-method' } }, faultyPlugin({ attribute: ({ inputs }) => Promise.resolve({ shape: [inputs.shape[0]!, 1], data: new Float32Array(inputs.shape[0]!) }) }), 'attributer "bad" ("bad-method" of faulty) failed: expected maps of shape [1, 2], found [1, 1]'],
    ['no maps', { attributers: { ...alsoFine, bad: 'bad-method' } }, faultyPlugin({ attribute: () => Promise.resolve(undefined as never) }), 'attributer "bad" ("bad-method" of faulty) failed: expected maps as rows: { shape, data: Float32Array }'],
    ['a map with NaN', { attributers: { ...alsoFine, bad: 'bad-method' } }, faultyPlugin({ attribute: ({ inputs }) => Promise.resolve({ shape: inputs.shape, data: inputs.data.map((value, i) => (i % 2 ? Number.NaN : value)) }) }), 'attributer "bad" ("bad-method" of faulty) failed: expected a map of finite values, found NaN at 1'],
    ['a method that asks the model for rows of another shape', { attributers: { ...alsoFine, bad: 'bad-method' } }, faultyPlugin({ attribute: ({ model }) => model.predict({ shape: [1, 3], data: new Float32Array(3) }) }), 'attributer "bad" ("bad-method" of faulty) failed: expected the inputs of a model of shape [1, 2], found [1, 3]'],
    ['a score that throws', { metrics: { mine: robust({}), bad: 'bad-score' } }, faultyPlugin({ score: boom }), 'metric "bad" ("bad-score" of faulty) failed: boom'],
    ['a sampler that throws', { metrics: { mine: robust({}), bad: robust({ sampler: 'bad-sampler' }) } }, faultyPlugin({ sample: boom }), 'sampler "bad-sampler" (of faulty) failed: boom'],
    ['neighbours of another shape', { metrics: { mine: robust({}), bad: robust({ sampler: 'bad-sampler' }) } }, faultyPlugin({ sample: () => Promise.resolve(withInput(new Float32Array(3))) }), 'sampler "bad-sampler" (of faulty) failed: expected neighbour 0 with an input of 2 values, found 3'],
    ['neighbours with NaN', { metrics: { mine: robust({}), bad: robust({ sampler: 'bad-sampler' }) } }, faultyPlugin({ sample: () => Promise.resolve(withInput(Float32Array.of(1, Number.NaN))) }), 'sampler "bad-sampler" (of faulty) failed: expected neighbour 0 with finite values, found NaN at 1'],
    ['a comparison that throws', { metrics: { mine: robust({}), bad: robust({ comparison: 'bad-comparison' }) } }, faultyPlugin({ compare: boom }), 'comparison "bad-comparison" (of faulty) failed: boom'],
    ['a comparison that gives NaN', { metrics: { mine: robust({}), bad: robust({ comparison: 'bad-comparison' }) } }, faultyPlugin({ compare: () => ({ value: Number.NaN }) }), 'comparison "bad-comparison" (of faulty) failed: expected a result with a finite number as value, or a reason, found NaN: resultOf() of @touchstone/core makes a reason of NaN'],
  ]
  test.each(cases)('%s', async (_, changes, plugin, reason) => {
    const { results, run } = await evaluate(toyConfig({ ...changes, plugins: [...versioned, plugin] }))
    const isBad = ({ attributer, metric }: { readonly attributer: string; readonly metric: string }) => attributer === 'bad' || metric === 'bad'
    const bad = results.rows.filter(isBad)
    expect(bad.map(({ value, reason }) => ({ value, reason }))).toEqual(Array.from({ length: 6 }, () => ({ value: null, reason })))
    expect(results.rows.filter((row) => !isBad(row))).toEqual((await evaluate(toyConfig())).results.rows)
    expect(results.summary.find(isBad)).toMatchObject({ n: 0, undefined: 6, mean: null })
    // A method loses its maps as well.
    const units = bad[0]!.attributer === 'bad' ? 12 : 6
    const extension = /^.*?\)/.exec(reason)![0]
    expect(run.faults).toEqual([{ extension, units, reason }])
    expect(run.warnings).toEqual([`${units} maps and scores are undefined: ${reason}; this is a fault of the plugin, the next run tries again`])
  })

  test('an input for which a method has no answer costs itself alone, whatever was asked for together with it', async () => {
    const picky = given(({ inputs: { shape, data } }) => {
      // The input (0, 3) is the fourth, and no neighbour of another.
      for (let row = 0; row < shape[0]!; row++) if (data[2 * row] === 0 && data[2 * row + 1] === 3) throw new Error('no such point')
      return Promise.resolve({ shape, data: data.map((value) => value * value) })
    })
    const [one, ...others] = await Promise.all([64, 3, 1].map((batchRows) => evaluate(toyConfig({ attributers: { squares: picky }, batchRows }))))
    expect(one!.results.rows.map(({ value }) => value === null)).toEqual([false, false, false, true, false, false])
    expect(one!.results.rows.filter(({ value }) => value !== null)).toEqual((await evaluate(toyConfig())).results.rows.filter(({ example }) => example !== 'p3'))
    expect([...one!.maps.get('one')!.get('squares')!.data.subarray(4, 10)]).toEqual([1, 1, Number.NaN, Number.NaN, 16, 1])
    for (const { results } of others) expect(results).toEqual(one!.results)
  })
})

describe('the store holds nothing that a fault gave', () => {
  const mended = faultyPlugin({ attribute: ({ inputs }) => Promise.resolve({ shape: inputs.shape, data: inputs.data.map((value) => 2 * value) }) })
  test.each(['1', '2'])('the next run tries again, and finds what a mended plugin of build %s gives', async (build) => {
    const storage = memoryStorage()
    const config = (plugin: Plugin) => toyConfig({ plugins: [...versioned, plugin], attributers: { squares: 'times-weights', bad: 'bad-method' }, store: { given: storage } })
    const broken = config(faultyPlugin({ attribute: ({ inputs }) => Promise.resolve({ shape: inputs.shape, data: inputs.data.map(() => Number.NaN) }) }))
    await evaluate(broken)
    expect((await (await Store.open(storage)).content()).kinds).toMatchObject({ map: { entries: 6 }, score: { entries: 6 } })
    const again = await evaluate(broken)
    expect(again.run).toMatchObject({ units: { kept: 12, computed: 0 }, faults: [{ units: 12 }] })
    const { results, run } = await evaluate(config({ ...mended, build }))
    expect(run).toMatchObject({ units: { computed: 12 }, warnings: [] })
    expect(run.faults).toBeUndefined()
    expect(results.rows.every(({ value }) => value !== null)).toBe(true)
  })

  test('a shard tells of faults, too', async () => {
    await using evaluation = await openEvaluation(toyConfig({ attributers: { bad: 'fails' } }), { shard: { index: 1, of: 2 } })
    expect((await evaluation.compute()).faults).toMatchObject([{ extension: 'attributer "bad" ("fails" of toys)', units: 6 }])
  })
})

describe('what is no fault of an extension ends the run, and leaves no unit undefined', () => {
  const withCode = (message: string, code: string) => Object.assign(new Error(message), { code })
  test.each<[string, () => Error]>([
    ['a mistake of the user', () => new UserError('no such layer')],
    ['the end of the disk', () => withCode('write failed', 'ENOSPC')],
    ['a lost network, behind another error', () => new Error('could not ask', { cause: withCode('connection', 'ECONNRESET') })],
    ['the end of memory', () => new RangeError('Array buffer allocation failed')],
    ['a trap of the engine', () => new WebAssembly.RuntimeError('unreachable')],
    ['a lost device', () => new Error('The GPU device was lost')],
    ['a stop', () => new DOMException('stopped', 'AbortError')],
  ])('%s', async (_, error) => {
    const storage = memoryStorage()
    const thrown = error()
    const plugin = faultyPlugin({ attribute: () => Promise.reject(thrown) })
    const config = toyConfig({ plugins: [...versioned, plugin], store: { given: storage }, attributers: { bad: 'bad-method' } })
    await expect(evaluate(config)).rejects.toThrow(thrown.message)
    expect(Object.keys((await (await Store.open(storage)).content()).kinds)).toEqual(['prediction'])
  })

  test('a model that breaks down', async () => {
    const plain = linearModel([[1, 2], [0, 0]])
    let calls = 0
    const breaking = { ...plain, predict: (inputs: Parameters<typeof plain.predict>[0]) => (++calls > 1 ? Promise.reject(new Error('no more')) : plain.predict(inputs)) }
    await expect(evaluate(toyConfig({ models: { mine: { given: breaking } } }))).rejects.toThrow('no more')
  })

  test('a stop while a method fails of it', async () => {
    const stop = new AbortController()
    const failing = given(() => {
      stop.abort(new Error('enough'))
      throw new Error('cannot go on')
    })
    await expect(evaluate(toyConfig({ attributers: { failing } }), { signal: stop.signal })).rejects.toThrow('enough')
  })
})

test('a comparison that has a reason for no value is no fault', async () => {
  const { run } = await evaluate(toyConfig({ plugins: [...versioned, faultyPlugin({ compare: () => resultOf(Number.NaN) })], metrics: { bad: robust({ comparison: 'bad-comparison' }) } }))
  expect(run.faults).toBeUndefined()
})

describe('tensors that are left over', () => {
  let count = 0
  const counting = provide(Memory, () => ({ used: () => 0, limit: 1, tensors: () => count }))
  const growing = (name: string, grow: () => void) => defineExtension({ kind: 'attributer', name, summary: 's', traits: { signed: true, needs: [], differentiable: 'no' }, create: () => ({ attribute: ({ inputs }) => {
    grow()
    return Promise.resolve({ shape: inputs.shape, data: inputs.data.slice() })
  } }) })
  let made = false
  const once = growing('once', () => {
    if (!made) count += 5
    made = true
  })
  const plugin = (...extensions: ReturnType<typeof growing>[]) => definePlugin({ name: 'counting', extensions, services: [counting] })

  test('are told of once, with the method that leaves them; the results stand', async () => {
    const leaks = growing('leaks', () => (count += 2))
    const { run, results } = await evaluate(toyConfig({ plugins: [toyPlugin, plugin(leaks, once)], attributers: { bad: 'leaks', good: 'once' }, batchRows: 1 }))
    const reason = 'attributer "bad" ("leaks" of counting) leaves tensors over, 2 with its last call: dispose of them, or compute within tf.tidy()'
    expect(run.warnings).toEqual([`${reason}; this is a fault of the plugin`])
    expect(run.faults).toEqual([{ extension: 'attributer "bad" ("leaks" of counting)', units: 0, reason }])
    expect(results.rows.every(({ value }) => value !== null)).toBe(true)
  })

  test('what is made once and stays is no leak', async () => {
    made = false
    expect((await evaluate(toyConfig({ plugins: [toyPlugin, plugin(once)], attributers: { good: 'once' }, batchRows: 1 }))).run.warnings).toEqual([])
    expect(made).toBe(true)
  })

  test('what is made once for each of several models is no leak either', async () => {
    const seen = new Set<object>()
    const keeping: Score = { direction: 'lower', score: ({ model }) => {
      if (!seen.has(model)) count++
      seen.add(model)
      return Promise.resolve({ value: 0 })
    } }
    const models = { one: 'linear', two: { use: 'linear', options: { negate: true } } }
    expect((await evaluate(toyConfig({ plugins: [toyPlugin, plugin()], models, metrics: { keeping: { given: keeping } }, executor: 'inline' }))).run.warnings).toEqual([])
    expect(seen.size).toBe(2)
  })

  test('those of a score are told of with all that it may be', async () => {
    const score: Score = { direction: 'lower', score: () => Promise.resolve({ value: (count += 1) }) }
    const { run } = await evaluate(toyConfig({ plugins: [toyPlugin, plugin()], metrics: { leaky: { given: score } }, batchRows: 1 }))
    expect(run.warnings).toEqual(['one of the metrics "leaky", or what they use, leaves tensors over, 1 in a job: dispose of them, or compute within tf.tidy(); this is a fault of the plugin'])
  })
})
