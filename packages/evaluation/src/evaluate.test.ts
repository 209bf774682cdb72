import { ConfigError, createToken, defineExtension, definePlugin, eachRow, mean, option, resultOf, UserError, wilsonInterval, type Attributer, type Dataset, type Plugin, type Result, type Rows, type Score } from '@touchstone/core'
import { beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { evaluate, evaluationPlugin, memoryStorage, rowsCsv, summaryCsv, type EvaluationConfig } from './index.js'
import { calls, linearModel, robust, toyConfig, toyPlugin } from './testing.js'

beforeEach(() => {
  calls.length = 0
})

async function values(config: EvaluationConfig) {
  return (await evaluate(config)).results.rows.map(({ value, reason }) => value ?? reason)
}

// The map is x_i^2 and the neighbours are x0 + 1 and x0 + 2, so the distances are |2 x0 + 1| and |4 x0 + 4|. The first point is (1, 1).
describe('robustness, worked out by hand at (1, 1)', () => {
  const first = { examples: { take: 1 } }
  const norm = Math.sqrt(2)
  test.each([
    [{}, (3 + 8) / 2],
    [{ aggregate: 'worst' }, 8],
    [{ aggregate: 'quantile', quantile: 0.75 }, 3 + 0.75 * 5],
    [{ relativeTo: 'map-norm' }, (3 + 8) / 2 / norm],
    [{ relativeTo: 'input-distance' }, (3 / 1 + 8 / 2) / 2],
    // F_0 = x0 + 2 x1 moves by 1 and 2; F_1 stays.
    [{ relativeTo: 'logit-distance' }, (3 / 1 + 8 / 2) / 2],
    [{ relativeTo: 'output-distance' }, (3 / 1 + 8 / 2) / 2],
    [{ relativeTo: 'relative-input-distance' }, (3 / 1 + 8 / 2) / 2],
    [{ sampler: { use: 'steps', options: { reject: 1.5 } } }, 3],
    [{ sampler: { use: 'steps', options: { reject: 0.5 } } }, '0 of 2 neighbours were accepted, 1 are needed; rejected: too far (2)'],
    [{ sampler: { use: 'steps', options: { reject: 1.5 } }, minAccepted: 2 }, '1 of 2 neighbours were accepted, 2 are needed; rejected: too far (1)'],
    // The ranks of (1, 1) are tied, so the correlation is undefined.
    [{ comparison: 'rho' }, 'the value is NaN'],
  ])('%j', async (options, expected) => {
    const [value] = await values(toyConfig({ ...first, metrics: { mine: robust(options) } }))
    if (typeof expected === 'number') expect(value).toBeCloseTo(expected, 6)
    else expect(value).toBe(expected)
  })

  test('relative to what the model makes of inputs inside, in batches of any size; a model that does not show it is an error', async () => {
    const asked: number[] = []
    const representation = ({ shape, data }: Rows): Promise<Rows> => {
      asked.push(shape[0]!)
      return Promise.resolve({ shape, data: data.map((value) => 3 * value) })
    }
    const open = { ...linearModel([[1, 2], [0, 0]]), capabilities: { representation } }
    const metrics = { mine: robust({ relativeTo: 'representation-distance' }) }
    for (const batchRows of [1, 2, 64]) expect((await values(toyConfig({ ...first, models: { open: { given: open } }, metrics, batchRows })))[0]).toBeCloseTo((3 / 3 + 8 / 6) / 2, 6)
    expect(asked).toEqual([1, 1, 1, 2, 1, 3])
    await expect(evaluate(toyConfig({ ...first, metrics }))).rejects.toThrow('needs a model that shows what its last layer is given, and this one does not: use "output-distance"')
  })

  test('an input without any neighbour has no value, never 0', async () => {
    const none = defineExtension({ kind: 'sampler', name: 'nobody', summary: 'finds no neighbour', traits: { dependsOn: 'model' }, cost: () => ({ rows: 0 }), create: () => ({ sample: () => Promise.resolve([]) }) })
    const { results, summary } = await evaluate(toyConfig({ ...first, plugins: [toyPlugin, definePlugin({ name: 'nobody', extensions: [none] })], metrics: { mine: robust({ sampler: 'nobody' }) } }))
    expect(results.rows[0]).toMatchObject({ value: null, reason: '0 of 0 neighbours were accepted, 1 are needed', diagnostics: { drawn: 0, accepted: 0 } })
    expect(summary[0]).toMatchObject({ n: 0, undefined: 1 })
  })

  test('parts and diagnostics stand beside the value', async () => {
    const { results } = await evaluate(toyConfig({ ...first, metrics: { mine: robust({ samples: 3, sampler: { use: 'steps', options: { reject: 2 } } }) } }))
    expect(results.rows[0]!.parts).toMatchObject({ mean: 5.5, worst: 8, sd: Math.sqrt(12.5), standardError: 2.5 })
    // The accepted ones are 1 and 2 away, and F_0 falls by minus as much.
    const quantiles = { 'logit distance 5 %': -1.95, 'logit distance 50 %': -1.5, 'logit distance 95 %': -1.05, 'input distance 5 %': 1.05, 'input distance 50 %': 1.5, 'input distance 95 %': 1.95 }
    const { drawn, accepted, 'rejected: too far': tooFar, ...rest } = results.rows[0]!.diagnostics!
    expect({ drawn, accepted, tooFar }).toEqual({ drawn: 3, accepted: 2, tooFar: 1 })
    expect(Object.keys(rest)).toEqual(Object.keys(quantiles))
    for (const [name, value] of Object.entries(quantiles)) expect(rest[name], name).toBeCloseTo(value, 6)
  })

  test('with an epsilon each value says whether it is within, and the summary gives the share with its interval', async () => {
    // The first point has exactly 5.5, which is within.
    const { results } = await evaluate(toyConfig({ examples: { take: 4 }, metrics: { mine: robust({ epsilon: 5.5 }), plain: robust({}) } }))
    const of = (metric: string) => results.rows.filter((row) => row.metric === metric)
    expect(of('mine').map(({ value, parts }) => [value, parts!.robust])).toEqual(of('mine').map(({ value }) => [value, Number(value! <= 5.5)]))
    const within = of('mine').filter(({ value }) => value! <= 5.5).length
    expect(within).toBeGreaterThan(0)
    expect(within).toBeLessThan(4)
    expect(results.summary.find(({ metric }) => metric === 'mine')!.robust).toEqual({ share: within / 4, ciLow: wilsonInterval(within, 4).low, ciHigh: wilsonInterval(within, 4).high })
    const [head, ...lines] = summaryCsv(results.summary).trimEnd().split('\r\n')
    expect(head!.split(',').slice(-3)).toEqual(['robustShare', 'robustLow', 'robustHigh'])
    expect(lines.map((line) => line.split(',').slice(-3).map(Number))).toEqual([[within / 4, wilsonInterval(within, 4).low, wilsonInterval(within, 4).high], [0, 0, 0]])
    expect(lines[1]!.endsWith(',,,')).toBe(true)
    expect(results.summary.find(({ metric }) => metric === 'plain')).not.toHaveProperty('robust')
    expect(of('plain')[0]!.parts).not.toHaveProperty('robust')
  })

  test('the worst of a similarity is its smallest value', async () => {
    // At (2, 0): rho of (4, 0) with (9, 0) is 1. At (0, 3): (0, 9) with (1, 9), (4, 9), (9, 9), (16, 9): 1, 1, undefined, -1.
    const { results } = await evaluate(toyConfig({ examples: { take: 4 }, metrics: { mine: robust({ comparison: 'rho', aggregate: 'worst', samples: 4 }) } }))
    const at = (id: string) => results.rows.find(({ example }) => example === id)!
    expect(at('p1').value).toBeCloseTo(1, 12)
    expect(at('p3').value).toBeCloseTo(-1, 12)
    expect(at('p3').diagnostics).toMatchObject({ undefined: 1, 'undefined because': 'the value is NaN' })
    expect(results.summary[0]).toMatchObject({ direction: 'higher' })
  })
})

test('the summary is the mean with its interval; undefined scores are counted, never averaged', async () => {
  const { results, summary } = await evaluate(toyConfig({ metrics: { mine: robust({}), rho: robust({ comparison: 'rho' }) } }))
  const defined = results.rows.filter(({ metric, value }) => metric === 'rho' && value !== null)
  expect(defined.length).toBeGreaterThan(0)
  expect(defined.length).toBeLessThan(6)
  const rho = summary.find(({ metric }) => metric === 'rho')!
  expect(rho).toMatchObject({ n: defined.length, undefined: 6 - defined.length, direction: 'higher' })
  expect(rho.mean).toBeCloseTo(mean(defined.map(({ value }) => value!)), 12)
  const mine = summary.find(({ metric }) => metric === 'mine')!
  expect(mine.ciLow!).toBeLessThan(mine.mean!)
  expect(mine.ciHigh!).toBeGreaterThan(mine.mean!)
})

test('what several metrics need is made once: neighbours by equal samplers, and their maps', async () => {
  await evaluate(toyConfig({ metrics: { a: robust({}), b: robust({ aggregate: 'worst' }), c: robust({ comparison: 'rho' }) }, executor: 'inline' }))
  // Six inputs with two neighbours each, whatever the number of metrics.
  expect(calls.reduce((a, b) => a + b, 0)).toBe(18)
  // The requests of all examples are joined: one call for the inputs, one for the neighbours.
  expect(calls).toEqual([6, 12])
})

test('results are the same for any batchRows', async () => {
  const [reference, ...others] = await Promise.all([64, 1, 3, 7].map(async (batchRows) => JSON.stringify((await evaluate(toyConfig({ batchRows }))).results)))
  for (const other of others) expect(other).toBe(reference)
})

test('results hold nothing of the run, the run nothing of the scores', async () => {
  const { results, run } = await evaluate(toyConfig({ batchRows: 5 }))
  expect(JSON.stringify(results)).not.toMatch(/batchRows|seconds|executor/)
  expect(run).toMatchObject({ format: 'touchstone-run/1', batchRows: 5, executor: { use: 'inline' }, rowsRun: { one: expect.any(Number) as number }, warnings: [] })
  expect(run.stages.map(({ stage }) => stage)).toEqual(['load', 'select', 'plan', 'evaluate', 'collect'])
})

test('what an option keeps secret is in no result', async () => {
  const [points] = toyPlugin.extensions.filter(({ name }) => name === 'points')
  const key = option(z.string('expected a text'), { summary: 'a key', secret: true })
  const locked = definePlugin({
    name: 'locked',
    extensions: [
      { ...points!, name: 'locked-points', options: { key } },
      defineExtension({ kind: 'executor', name: 'locked-executor', summary: 'asks for a key', traits: { runsOn: 'here' }, options: { key }, create: () => ({ parallel: 1, execute: async function* (jobs, { run }) { for (const job of jobs) yield await run(job) } }) }),
    ],
  })
  const { results, run } = await evaluate(toyConfig({ plugins: [toyPlugin, locked], dataset: { use: 'locked-points', options: { key: 'sesame' } }, executor: { use: 'locked-executor', options: { key: 'sesame' } } }))
  expect(results.config.dataset.options).toEqual({ key: '(secret)' })
  expect(run.executor.options).toEqual({ key: '(secret)' })
  expect(JSON.stringify([results, run])).not.toContain('sesame')
})

test.each([
  ['any', { one: ['p0', 'p1', 'p2', 'p3'], two: ['p0', 'p1', 'p2', 'p3'] }],
  // The turned model gives every point the other class.
  ['each-model', { one: ['p0', 'p1', 'p2', 'p3'], two: [] }],
] as const)('examples are chosen correctFor %s', async (correctFor, expected) => {
  const config = toyConfig({ models: { one: 'linear', two: { use: 'linear', options: { negate: true } } }, examples: { take: 4, correctFor } })
  if (expected.two.length === 0) {
    await expect(evaluate(config)).rejects.toThrow('examples: none of the 6 in the dataset fits correctFor "each-model" for model "two"')
    return
  }
  const { results } = await evaluate(config)
  for (const model of ['one', 'two'] as const) expect(results.predictions.filter((prediction) => prediction.model === model).map(({ example }) => example)).toEqual(expected[model])
})

test('fewer examples than asked for are evaluated with a warning', async () => {
  const { run, results } = await evaluate(toyConfig({ examples: { take: 50, correctFor: 'all-models' } }))
  expect(results.examples).toHaveLength(6)
  expect(run.warnings).toEqual(['examples: 50 were asked for, but only 6 of the 6 in the dataset fit correctFor "all-models" for model "one"'])
})

test.each([
  ['predicted' as const, [0, 0, 1]],
  ['label' as const, [0, 0, 1]],
  [1, [1, 1, 1]],
])('the target is %s', async (target, expected) => {
  const { results } = await evaluate(toyConfig({ target, examples: { take: 3 } }))
  expect(results.predictions.map((prediction) => prediction.target)).toEqual(expected)
})

test('maps that are not finite leave every score undefined, and the run goes on', async () => {
  const { results } = await evaluate(toyConfig({ examples: { take: 1 }, attributers: { squares: 'times-weights', nan: { use: 'times-weights', options: { nan: true } } } }))
  expect(results.rows.map(({ attributer, reason }) => [attributer, reason])).toEqual([
    ['squares', undefined],
    ['nan', 'attributer "nan" ("times-weights" of toys) failed: expected a map of finite values, found NaN at 0'],
  ])
  expect(results.summary[1]).toMatchObject({ n: 0, undefined: 1, mean: null, ciLow: null, ciHigh: null })
})

test('models and samplers made in code can be given', async () => {
  const { results } = await evaluate(toyConfig({ models: { mine: { given: linearModel([[1, 2], [0, 0]]) } } }))
  expect(results.models.mine!.classCount).toBe(2)
  expect(results.rows).toEqual((await evaluate(toyConfig())).results.rows.map((row) => ({ ...row, model: 'mine' })))
})

test('every problem of a config is told at once, before any work', async () => {
  const config = {
    ...toyConfig(),
    modles: {},
    models: { '.hidden': 'linear', other: { use: 'linear', options: { negat: true } } },
    dataset: 'pionts',
    examples: { take: 0, correctfor: 'any' },
    target: 'best',
    metrics: { mine: 'l2' },
    seed: 0.5,
    batchRows: -1,
    executor: 'outline',
  } as unknown as EvaluationConfig
  const error = await evaluate(config, { origin: 'touchstone.config.ts' }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as ConfigError).message.split('\n')).toEqual([
    'touchstone.config.ts: 11 problems',
    '  modles: unknown key; did you mean "models"? [@touchstone/evaluation]',
    '  models.".hidden": a label has 1 to 200 printable characters, fewer where a file name must encode them, and does not start with a dot or a space [@touchstone/evaluation]',
    '  examples.correctfor: unknown key; did you mean "correctFor"? [@touchstone/evaluation]',
    '  target: expected "predicted", "label" or the index of a class, found "best" [@touchstone/evaluation]',
    '  seed: expected a whole number of at least 0, found 0.5 [@touchstone/evaluation]',
    '  examples.take: expected a whole number of at least 1, found 0 [@touchstone/evaluation]',
    '  batchRows: expected a whole number of at least 1, found -1 [@touchstone/evaluation]',
    '  models.other.options.negat: "linear" has no such option; did you mean "negate"? [toys]',
    '  dataset: no dataset named "pionts" in the loaded plugins; did you mean "points"? [@touchstone/core]',
    `  metrics.mine: "l2" is a comparison, not a score; judge two maps with it by { use: 'robustness', options: { comparison: 'l2', sampler: ... } } [@touchstone/core]`,
    '  executor: no executor named "outline" in the loaded plugins; did you mean "inline"? [@touchstone/core]',
  ])
  expect(calls).toEqual([])
})

test.each([
  [{ attributers: { n: 'needs-network', squares: 'times-weights' } }, 'attributers.n: needs a model with network, which "one" does not offer; "squares" would work [@touchstone/evaluation]'],
  // A model may say why it has not what is needed.
  [
    { attributers: { n: 'needs-network', squares: 'times-weights' }, models: { m: { given: { ...linearModel([[1, 2], [0, 0]]), capabilities: { networkMissing: 'layer "a" is not supported' } } } } },
    'attributers.n: needs a model with network, which "m" does not offer (layer "a" is not supported); "squares" would work [@touchstone/evaluation]',
  ],
  // What a method needs that stands in the options of another one is needed, too.
  [{ attributers: { w: { use: 'wrapper', options: { inner: 'needs-network' } } } }, 'attributers.w: needs a model with network, which "one" does not offer; "times-weights", "fails" would work [@touchstone/evaluation]'],
  [{ target: 2 }, 'target: class 2 does not exist in model "one": it knows 0 to 1 [@touchstone/evaluation]'],
  [{ metrics: { m: robust({ comparison: 'rho', relativeTo: 'map-norm' }) } }, 'metrics.m: relativeTo "map-norm" divides a distance, but the comparison is a similarity: use "none" [@touchstone/evaluation]'],
  [{ metrics: { m: robust({ minAccepted: 5 }) } }, 'metrics.m.options.minAccepted: 5 can never be accepted out of 2 samples: lower it, or draw more [@touchstone/evaluation]'],
  [{ models: { m: { given: { ...linearModel([[1, 2]]), inputShape: [3] } } } }, 'models.m: takes inputs of shape [3], but those of the dataset are [2] [@touchstone/evaluation]'],
  [{ attributers: {} }, "attributers: expected at least one, as in { label: 'name' } [@touchstone/evaluation]"],
  [{ attributers: ['a'] }, 'attributers: expected an object of attribution methods by label, found a list of 1 [@touchstone/evaluation]'],
])('what does not fit together is told (%#)', async (changes, problem) => {
  await expect(evaluate(toyConfig(changes as unknown as Partial<EvaluationConfig>))).rejects.toThrow(problem)
})

test.each([
  [[[1, Number.NaN], [0, 0]], 'model "m" gives an output that is not a finite number for example p0'],
  [[[1, 2]], 'example p2 has label 1, but model "m" knows classes 0 to 0'],
] as const)('a model that does not fit the data is told (%#)', async (weights, message) => {
  await expect(evaluate(toyConfig({ models: { m: { given: linearModel(weights.map(([a, b]) => [a, b] as const)) } } }))).rejects.toThrow(message)
})

test('what a score gives is checked: what is neither a finite number nor a reason is its fault', async () => {
  const given = (result: unknown) => ({ given: { direction: 'lower' as const, score: () => Promise.resolve(result as Result) } })
  const { results } = await evaluate(toyConfig({ examples: { take: 1 }, metrics: { made: given(resultOf(Number.NaN, { parts: { a: 1 } })), nan: given({ value: Number.NaN, parts: { a: 1 } }), text: given({ value: 'high' }), fine: given({ value: 2 }) } }))
  const expected = 'failed: expected a result with a finite number as value, or a reason, found'
  const hint = ': resultOf() of @touchstone/core makes a reason of NaN'
  expect(results.rows).toMatchObject([
    { value: null, reason: 'the value is NaN', parts: { a: 1 } },
    { value: null, reason: `metric "nan" (given in code) ${expected} NaN${hint}` },
    { value: null, reason: `metric "text" (given in code) ${expected} "high"${hint}` },
    { value: 2 },
  ])
  await expect(evaluate(toyConfig({ metrics: { blind: { given: { score: given({ value: 1 }).given.score } as unknown as Score } } }))).rejects.toThrow('metrics.blind: its score must say whether lower or higher is better, found direction nothing')
})

test('a score may ask for maps of another model, and share work among methods', async () => {
  // Maps that tell whose they are: the first output of the model, which is 5 times as large for the other one.
  const outputs: Attributer = {
    attribute: async ({ model, inputs }) => {
      const predicted = eachRow(await model.predict(inputs))
      return { shape: inputs.shape, data: inputs.data.map((_, index) => predicted[Math.floor((index * predicted.length) / inputs.data.length)]![0]!) }
    },
  }
  const work = createToken<number>('test work')
  let done = 0
  const score: Score = {
    direction: 'lower',
    score: async ({ mapsOf, example, shared, map, batchRows }) => {
      const [elsewhere] = await mapsOf(linearModel([[5, 10], [0, 0]]), [example.input])
      const once = await shared(work, 'key', () => Promise.resolve(++done))
      return { value: elsewhere!.data[0]!, parts: { own: map.data[0]!, once, batchRows } }
    },
  }
  const { results } = await evaluate(toyConfig({ models: { mine: { given: linearModel([[1, 2], [0, 0]]) } }, attributers: { one: { given: outputs }, two: 'times-weights' }, metrics: { mine: { given: score } } }))
  const rows = results.rows.filter(({ attributer }) => attributer === 'one')
  rows.forEach(({ value, parts }) => expect(value).toBeCloseTo(5 * parts!.own!, 5))
  expect(rows.some(({ value }) => value !== 0)).toBe(true)
  // Once per example, whatever the number of methods.
  expect(done).toBe(rows.length)
  expect(new Set(results.rows.map(({ parts }) => parts!.once)).size).toBe(rows.length)
})

test('maps that are known are not asked for again, and no request is empty', async () => {
  const again: Score = {
    direction: 'lower',
    score: async ({ maps, example }) => {
      const [one] = await maps([example.input])
      const [two] = await maps([example.input])
      return { value: Number(one!.data === two!.data) }
    },
  }
  const { results } = await evaluate(toyConfig({ metrics: { again: { given: again } } }))
  expect(results.rows.map(({ value }) => value)).toEqual([1, 1, 1, 1, 1, 1])
  expect(calls).toEqual([6])
})

test('what is wrong with an example matters only when its turn comes, whatever batchRows', async () => {
  const dataset = (size: number) => ({
    given: {
      inputShape: [2],
      size,
      range: { low: 0, high: 1 },
      fingerprint: 'x',
      example: (index: number) => (index === 2 ? Promise.reject(new Error('unreadable')) : Promise.resolve({ id: `p${index === 3 ? 0 : index}`, input: Float32Array.of(1, 2), label: index === 1 ? 9 : 0 })),
    },
  })
  for (const batchRows of [1, 64]) {
    expect((await evaluate(toyConfig({ dataset: dataset(4), examples: { take: 1 }, batchRows }))).results.examples).toEqual([{ id: 'p0', label: 0 }])
    await expect(evaluate(toyConfig({ dataset: dataset(4), examples: { take: 2 }, batchRows }))).rejects.toThrow('example p1 has label 9, but model "one" knows classes 0 to 1')
  }
})

test('ids of examples are unique', async () => {
  const twins = { inputShape: [2], size: 2, range: { low: 0, high: 1 }, fingerprint: 'x', example: () => Promise.resolve({ id: 'same', input: Float32Array.of(1, 2) }) }
  await expect(evaluate(toyConfig({ dataset: { given: twins } }))).rejects.toThrow('two examples of the dataset have the id same')
})

test('an attributer or model that gives another shape is named', async () => {
  const short = { attribute: () => Promise.resolve({ shape: [6, 2], data: new Float32Array(3) }) }
  const { results } = await evaluate(toyConfig({ attributers: { short: { given: short } } }))
  for (const { reason } of results.rows) expect(reason).toBe('attributer "short" (given in code) failed: expected maps of shape [1, 2], found [6, 2]')
  const wide = { ...linearModel([[1, 2], [0, 0]]), classCount: 3 }
  await expect(evaluate(toyConfig({ models: { wide: { given: wide } } }))).rejects.toThrow('expected the outputs of a model of shape [6, 3], found [6, 2]')
})

test('what a method says of its maps stands in the results, per example and summed up', async () => {
  const seen = new Set<unknown>()
  const telling: Attributer = {
    attribute: ({ inputs, reference }) => {
      seen.add(reference?.fingerprint)
      return Promise.resolve({ ...inputs, diagnostics: { first: eachRow(inputs).map(([a]) => a!), ratio: eachRow(inputs).map(([a, b]) => b! / a!) } })
    },
  }
  const { results } = await evaluate(toyConfig({ attributers: { squares: 'times-weights', telling: { given: telling } } }))
  expect(results.diagnostics).toHaveLength(12)
  // The points (1, 1) and (0, 3): b / a of the second is no number.
  expect(results.diagnostics.slice(0, 2)).toEqual([
    { model: 'one', example: 'p0', attributer: 'telling', name: 'first', value: 1 },
    { model: 'one', example: 'p0', attributer: 'telling', name: 'ratio', value: 1 },
  ])
  expect(results.diagnostics.find(({ example, name }) => example === 'p3' && name === 'ratio')!.value).toBeNull()
  expect(results.diagnosticSummary).toEqual([
    { model: 'one', attributer: 'telling', name: 'first', n: 6, mean: 1.5, min: -1, max: 4 },
    { model: 'one', attributer: 'telling', name: 'ratio', n: 5, mean: 0.65, min: 0, max: 1 },
  ])
  expect([...seen], 'methods see the dataset').toEqual(['points'])
  expect((await evaluate(toyConfig({ batchRows: 1, attributers: { squares: 'times-weights', telling: { given: telling } } }))).results).toEqual(results)

  const short: Attributer = { attribute: ({ inputs }) => Promise.resolve({ ...inputs, diagnostics: { first: [1] } }) }
  const { run } = await evaluate(toyConfig({ attributers: { short: { given: short } }, examples: { take: 2 } }))
  expect(run.faults).toEqual([{ extension: 'attributer "short" (given in code)', units: 0, reason: expect.stringContaining('fails for several inputs at once, but for none of them alone') as string }])
})

test('intervals do not depend on labels', async () => {
  const bounds = async (label: string) => (await evaluate(toyConfig({ attributers: { [label]: 'times-weights' } }))).summary.map(({ ciLow, ciHigh }) => [ciLow, ciHigh])
  expect(await bounds('a')).toEqual(await bounds('b'))
})

test('a method that cannot explain the model is refused with those that can', async () => {
  const needy = { attributers: { n: 'needs-network' } }
  await expect(evaluate(toyConfig(needy))).rejects.toThrow('attributers.n: needs a model with network, which "one" does not offer; "times-weights", "fails" would work')
  const gradient = defineExtension({ kind: 'attributer', name: 'sees-layers', summary: 'needs a network', traits: { signed: true, needs: ['network'], differentiable: 'no' }, create: () => ({ attribute: ({ inputs }) => Promise.resolve(inputs) }) })
  const alone = definePlugin({ name: 'alone', extensions: [gradient, ...toyPlugin.extensions.filter(({ kind }) => kind !== 'attributer')] })
  await expect(evaluate(toyConfig({ plugins: [alone], attributers: { n: 'sees-layers' } }))).rejects.toThrow('which "one" does not offer; methods that ask for outputs alone would work, such as those of @touchstone/perturbation')
})

test('no method is promised for a model of probabilities, which none explains', async () => {
  const sure = { ...linearModel([[1, 2], [0, 0]]), outputs: 'probabilities' as const, capabilities: { networkMissing: 'layer "memory" is not supported' } as object }
  await expect(evaluate(toyConfig({ models: { sure: { given: sure } }, attributers: { n: 'needs-network' } }))).rejects.toThrow(
    'attributers.n: needs a model with network, which "sure" does not offer (layer "memory" is not supported; its outputs are probabilities, not logits); methods explain logits: end the model with softmax, which is separated, or linear',
  )
})

test('a mistake that only a method can see is told with the label of the method and the model, and stays a mistake', async () => {
  const picky: Attributer = { attribute: () => Promise.reject(new UserError('baseline has shape [2, 2]')) }
  const error = await evaluate(toyConfig({ attributers: { mine: { given: picky } } })).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'UserError', message: 'attributer "mine" on model "one": baseline has shape [2, 2]' })
})

test('plugins by name are refused where they cannot be found', async () => {
  await expect(evaluate(toyConfig({ plugins: ['@touchstone/ig'] }))).rejects.toThrow('evaluate by @touchstone/evaluation/node, which loads packages by name')
})

test('it stops when told to, with the reason', async () => {
  const controller = new AbortController()
  const stopped = evaluate(toyConfig({ batchRows: 1 }), {
    signal: controller.signal,
    onProgress: ({ stage, done }) => {
      if (stage === 'evaluate' && done > 0) controller.abort(new Error('enough'))
    },
  })
  await expect(stopped).rejects.toThrow('enough')
})

test('progress ends at its total', async () => {
  const seen: [number, number][] = []
  await evaluate(toyConfig({ plugins: [toyPlugin] }), { onProgress: ({ stage, done, total }) => stage === 'evaluate' && seen.push([done, total]) })
  // Six examples, each a map, two neighbours and their two maps.
  expect(seen.at(-1)).toEqual([30, 30])
})

test('tables are CSV: quoted where needed, parts as columns', async () => {
  const { results } = await evaluate(toyConfig({ examples: { take: 1 }, attributers: { 'a, "b"': 'times-weights' } }))
  expect(rowsCsv(results.rows)).toBe('model,example,attributer,metric,value,reason,mean,sd,standardError,worst\r\n' + 'one,p0,"a, ""b""",mine,5.5,,5.5,3.5355339059327378,2.5,8\r\n')
  expect(summaryCsv(results.summary)).toBe('model,attributer,metric,direction,n,undefined,mean,ciLow,ciHigh\r\none,"a, ""b""",mine,lower,1,0,5.5,,\r\n')
})

test('neighbours of the first examples are there to be looked at, with their maps, once for metrics that share them', async () => {
  const { gallery, results } = await evaluate(toyConfig({ metrics: { mine: robust({}), worst: robust({ aggregate: 'worst' }) } }))
  expect(results.examples).toHaveLength(6)
  expect(gallery.neighbours.map(({ example, metrics }) => [example, metrics])).toEqual(['p0', 'p1', 'p2', 'p3'].map((id) => [id, ['mine', 'worst']]))
  const [first] = gallery.neighbours
  // The sampler moves the first value by 1 and by 2; the model's weights are 1 and 2.
  expect(first).toMatchObject({ sampler: 'steps', inputDistances: [1, 2], logitDistances: [-1, -2], rejected: [null, null], shown: [{ place: 0 }, { place: 1 }] })
  // The method answers the squares: of (1, 1) moved to (2, 1) and (3, 1).
  expect(first!.shown.map(({ input }) => [...gallery.inputs[input]!])).toEqual([[2, 1], [3, 1]])
  expect(first!.shown.map(({ map }) => [...gallery.maps[map!]!])).toEqual([[4, 1], [9, 1]])
})

test('an example that comes to the front later has its neighbours, too', async () => {
  const storage = memoryStorage()
  const turned = toyPlugin.extensions.map((extension) => {
    if (extension.kind !== 'dataset') return extension
    const points = extension.create({}, {}) as Dataset
    return { ...extension, create: () => ({ ...points, example: (index: number) => points.example(points.size - 1 - index) }) }
  })
  const withOrder = (extensions: Plugin['extensions'], storage = memoryStorage()) => evaluate(toyConfig({ plugins: [{ ...evaluationPlugin, build: '1' }, { ...toyPlugin, build: '1', extensions }], store: { given: storage } }))

  await withOrder(toyPlugin.extensions, storage)
  const { gallery, run } = await withOrder(turned, storage)
  // Two of the four were among the first four before.
  expect(run.units).toEqual({ kept: 10, computed: 2 })
  expect(gallery).toEqual((await withOrder(turned)).gallery)
})

const chartPlugin = definePlugin({
  name: 'charts',
  extensions: [
    defineExtension({ kind: 'chart', name: 'means', summary: 'the means of a metric', traits: { shows: ['robustness'] }, create: () => ({ draw: (_results, metric) => ({ title: `Means of ${metric}`, description: 'means', vegaLite: { mark: 'bar' } }) }) }),
    defineExtension({ kind: 'chart', name: 'other', summary: 'of another metric', traits: { shows: ['deletion'] }, create: () => ({ draw: () => { throw new Error('never asked') } }) }),
    defineExtension({ kind: 'chart', name: 'broken', summary: 'fails', traits: { shows: ['robustness'] }, create: () => ({ draw: () => { throw new Error('no such key') } }) }),
  ],
})

test('a plugin draws charts of the metrics that it shows; one that fails costs a warning alone', async () => {
  const { gallery, run } = await evaluate(toyConfig({ plugins: [toyPlugin, chartPlugin] }))
  expect(gallery.charts).toEqual([{ metric: 'mine', name: 'means', title: 'Means of mine', description: 'means', vegaLite: { mark: 'bar' } }])
  expect(run.warnings).toEqual(['chart "broken" of charts could not be drawn for metric "mine": no such key; this is a fault of the plugin'])
})

test('results say what a metric judges, and the record of the run where the time went', async () => {
  const { results, run } = await evaluate(toyConfig({}))
  expect(results.metrics).toMatchObject({ mine: { judges: 'robustness' } })
  const { total, predict, maps } = run.work!.one!
  expect(Object.keys(maps)).toEqual(Object.keys(results.config.attributers))
  expect(predict + Object.values(maps).reduce((a, b) => a + b)).toBeLessThanOrEqual(total * (1 + 1e-9))
})
