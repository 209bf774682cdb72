import { expect, expectTypeOf, test } from 'vitest'
import {
  createToken,
  defineComparison,
  defineExtension,
  definePlugin,
  definePreset,
  Host,
  option,
  provide,
  ref,
  resultOf,
  UserError,
  type Comparison,
  type Extensions,
  type Option,
  type Plugin,
  type Sampler,
} from './index.js'

declare module './index.js' {
  interface Extensions {
    concept: { readonly means: string }
  }
}

const Clock = createToken<() => number>('test:clock')

/** A validator by hand: a Standard Schema is no library's own. */
const number: Option<number>['schema'] = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] }) },
}

const equal = defineComparison({ name: 'l2', summary: 'distance', measures: 'distance', range: [0, null], compare: () => (a, b) => resultOf(Math.abs(a.data[0]! - b.data[0]!)) })

const shift = defineExtension({
  kind: 'sampler',
  name: 'shift',
  summary: 'shifts',
  traits: { dependsOn: 'model' },
  options: { by: option(number, { summary: 'how far', default: 1, unit: 'pixels' }) },
  cost: () => ({ rows: 1 }),
  create: ({ by }) => ({ sample: () => Promise.resolve([{ input: Float32Array.of(by), inputDistance: { l2: by, linf: by }, outputs: new Float32Array(), logitDistance: 0, predicted: 0 }]) }),
})

const composed = defineExtension({
  kind: 'score',
  name: 'composed',
  summary: 'takes two references',
  traits: { direction: 'lower', judges: 'robustness' },
  options: {
    sampler: ref('sampler', { summary: 'the neighbours' }),
    comparison: ref('comparison', { summary: 'the distance', default: 'l2' }),
    samples: option(number, { summary: 'how many', default: 10 }),
  },
  check: ({ samples }) => ((samples as number) > 100 ? [{ option: 'samples', message: 'at most 100' }] : []),
  cost: ({ sampler, samples }) => ({ rows: sampler.rows * samples, maps: samples }),
  create: ({ sampler, comparison, samples }) => {
    expectTypeOf(sampler).toEqualTypeOf<Sampler>()
    expectTypeOf(comparison).toEqualTypeOf<Comparison>()
    expectTypeOf(samples).toEqualTypeOf<number>()
    return { direction: 'lower', score: async () => resultOf((await sampler.sample({} as never, samples))[0]!.input[0]! + comparison.compare({ shape: [1], data: Float32Array.of(samples) }, { shape: [1], data: Float32Array.of(0) }).value!) }
  },
})

const plugin = definePlugin({
  name: 'test-plugin',
  extensions: [equal, shift, composed],
  presets: [definePreset({ kind: 'score', name: 'preset', summary: 'composed, far', use: 'composed', options: { sampler: { use: 'shift', options: { by: 5 } }, samples: 3 } })],
})

function resolve(host: Host, input: unknown, labels = {}) {
  const resolver = host.resolver(labels)
  const resolved = resolver.resolve('score', input, ['metrics', 'mine'])
  return { resolved, problems: resolver.problems.map(({ path, message, source }) => `${path.join('.')}: ${message} [${source}]`) }
}

test('a tree of references is checked, costed and made, defaults filled in', async () => {
  await using host = new Host([plugin])
  const { resolved, problems } = resolve(host, { use: 'composed', options: { sampler: { use: 'shift', options: { by: 2 } }, samples: 7 } })
  expect(problems).toEqual([])
  expect(resolved).toMatchObject({ use: 'composed', package: 'test-plugin', options: { samples: 7, comparison: { use: 'l2' }, sampler: { use: 'shift', options: { by: 2 } } } })
  expect(host.cost(resolved!)).toEqual({ rows: 7, maps: 7 })
  const score = await host.open().create({ ...resolved!, kind: 'score' })
  expect(await score.score({} as never)).toEqual({ value: 9 })
})

test('a preset is its extension with other defaults, which the user may replace', async () => {
  await using host = new Host([plugin])
  expect(resolve(host, 'preset').resolved).toMatchObject({ use: 'composed', preset: 'preset', options: { samples: 3, sampler: { options: { by: 5 } } } })
  expect(resolve(host, { use: 'preset', options: { samples: 4 } }).resolved).toMatchObject({ options: { samples: 4, sampler: { options: { by: 5 } } } })
})

test('every problem of the tree is found in one pass, with its path and the package whose rule was broken', async () => {
  await using host = new Host([plugin])
  const { resolved, problems } = resolve(host, { use: 'composed', options: { sampler: { use: 'shfit' }, comparison: { use: 'l2', options: { a: 1 } }, sample: 3, samples: 'many' } })
  expect(resolved).toBeUndefined()
  expect(problems).toEqual([
    'metrics.mine.options.sample: "composed" has no such option; did you mean "sampler" or "samples"? [test-plugin]',
    'metrics.mine.options.sampler: no sampler named "shfit" in the loaded plugins; did you mean "shift"? [@touchstone/core]',
    'metrics.mine.options.comparison.options.a: "l2" has no such option; there are none [test-plugin]',
    'metrics.mine.options.samples: expected a number, found "many" [test-plugin]',
  ])
})

test.each([
  [42, 'metrics.mine: expected the name of a score or { use, options }, found 42 [@touchstone/core]'],
  [{ use: 'composed', option: {} }, 'metrics.mine.option: unknown key; did you mean "options"? [@touchstone/core]'],
  [{ options: {} }, 'metrics.mine.use: expected the name of a score, found nothing [@touchstone/core]'],
  [{ use: 'composed', options: [] }, 'metrics.mine.options: expected an object, found a list of 0 [@touchstone/core]'],
  ['shift', 'metrics.mine: "shift" is a sampler, not a score [@touchstone/core]'],
  [{ given: 42 }, 'metrics.mine.given: expected an object that keeps the contract of a score [@touchstone/core]'],
  [{ given: {} }, 'metrics.mine.given: expected an object that keeps the contract of a score, found one without score() [@touchstone/core]'],
  [{ given: { score: () => null }, options: {} }, 'metrics.mine.options: unknown key: what is given takes no options [@touchstone/core]'],
  [{ use: 'composed', options: null }, 'metrics.mine.options: expected an object, found null [@touchstone/core]'],
  [{ use: 'composed', options: { sampler: 'shift', samples: null } }, 'metrics.mine.options.samples: expected a number [test-plugin]'],
  [{ use: 'composed', options: {} }, 'metrics.mine.options.sampler: expected a sampler: the neighbours [test-plugin]'],
  [{ use: 'composed', options: { sampler: 'shift', samples: 101 } }, 'metrics.mine.options.samples: at most 100 [test-plugin]'],
])('%j is refused', async (input, problem) => {
  await using host = new Host([plugin])
  expect(resolve(host, input).problems).toContain(problem)
})

test('what a secret option holds is in no message, and replaced where it is written', async () => {
  const secret = option({ '~standard': { version: 1, vendor: 'test', validate: (value) => (value === undefined || (typeof value === 'string' && value.startsWith('key-')) ? { value } : { issues: [{ message: 'expected a key' }] }) } }, { summary: 'a key', secret: true })
  const safe = defineExtension({ kind: 'sampler', name: 'safe', summary: 'has a key', traits: { dependsOn: 'model' }, options: { key: secret, other: secret }, create: () => ({ sample: () => Promise.resolve([]) }) })
  await using host = new Host([plugin, definePlugin({ name: 'safes', extensions: [safe] })])
  const asked = (key: unknown) => resolve(host, { use: 'composed', options: { sampler: { use: 'safe', options: { key } } } })
  expect(asked('sesame').problems).toEqual(['metrics.mine.options.sampler.options.key: expected a key [safes]'])
  const { resolved } = asked('key-sesame')
  expect(resolved).toMatchObject({ options: { sampler: { options: { key: 'key-sesame' } } } })
  expect(host.withoutSecrets(resolved!)).toEqual({ ...resolved, options: { ...resolved!.options, sampler: { ...(resolved!.options.sampler as object), options: { key: '(secret)', other: undefined } } } })
})

test('inside options a string is a label of the config first; circles are refused', async () => {
  await using host = new Host([plugin])
  const labels = { sampler: { far: { use: 'shift', options: { by: 9 } } } }
  expect(resolve(host, { use: 'composed', options: { sampler: 'far' } }, labels).resolved).toMatchObject({ options: { sampler: { use: 'shift', options: { by: 9 } } } })

  const wrap = defineExtension({ kind: 'sampler', name: 'wrap', summary: 'wraps', traits: { dependsOn: 'model' }, options: { inner: ref('sampler', { summary: 'the wrapped' }) }, create: ({ inner }) => inner })
  await using circular = new Host([plugin, definePlugin({ name: 'w', extensions: [wrap] })])
  expect(resolve(circular, { use: 'composed', options: { sampler: 'a' } }, { sampler: { a: { use: 'wrap', options: { inner: 'b' } }, b: { use: 'wrap', options: { inner: 'a' } } } }).problems).toEqual([
    'metrics.mine.options.sampler.options.inner.options.inner: sampler "a" -> sampler "b" -> sampler "a" goes round in a circle: name another sampler here [@touchstone/core]',
  ])
})

test('a config that holds itself is refused', async () => {
  const wrap = defineExtension({ kind: 'sampler', name: 'wrap', summary: 'wraps', traits: { dependsOn: 'model' }, options: { inner: ref('sampler', { summary: 'the wrapped' }) }, create: ({ inner }) => inner })
  await using host = new Host([plugin, definePlugin({ name: 'w', extensions: [wrap] })])
  const endless: { use: string; options: Record<string, unknown> } = { use: 'wrap', options: {} }
  endless.options.inner = endless
  expect(resolve(host, { use: 'composed', options: { sampler: endless } }).problems).toEqual(['metrics.mine.options.sampler.options.inner: holds itself: write it out [@touchstone/core]'])
})

test('a factory that makes the wrong thing is named', async () => {
  const wrong = defineExtension({ kind: 'sampler', name: 'wrong', summary: 'makes nothing', traits: { dependsOn: 'model' }, create: () => ({}) as Sampler })
  await using host = new Host([definePlugin({ name: 'w', extensions: [wrong] })])
  const resolved = { ...host.resolver().resolve('sampler', 'wrong', [])!, kind: 'sampler' as const }
  await expect(host.open().create(resolved)).rejects.toThrow('w: create of sampler "wrong" gave the wrong thing: expected an object that keeps the contract of a sampler, found one without sample()')
})

test('what another plugin must bring is named with its package', async () => {
  const needy = definePlugin({
    name: 'needy',
    presets: [definePreset({ kind: 'score', name: 'needy', summary: '', use: 'composed', options: { sampler: 'noise' }, requires: { 'sampler:noise': '@touchstone/noise' } })],
  })
  await using host = new Host([plugin, needy])
  expect(resolve(host, 'needy').problems).toEqual(['metrics.mine: needs sampler "noise": install @touchstone/noise and add it to plugins [needy]'])
})

test('an instance made in code stands wherever a name can', async () => {
  await using host = new Host([plugin])
  const given: Sampler = { sample: () => Promise.resolve([]) }
  const { resolved } = resolve(host, { use: 'composed', options: { sampler: { given } } })
  expect(await host.open().create({ ...(resolved!.options.sampler as Parameters<Host['cost']>[0]), kind: 'sampler' })).toBe(given)
})

test('equal trees share one instance, within an evaluation only', async () => {
  await using host = new Host([plugin])
  const one = { ...resolve(host, 'preset').resolved!, kind: 'score' as const }
  const other = { ...resolve(host, { use: 'composed', options: { samples: 3, sampler: { use: 'shift', options: { by: 5 } } } }).resolved!, kind: 'score' as const }
  const scope = host.open()
  expect(await scope.create(one)).toBe(await scope.create(other))
  expect(await host.open().create(one)).not.toBe(await scope.create(one))
})

test('a service of one plugin reaches another by token, one instance per evaluation, disposed with it', async () => {
  const log: string[] = []
  let made = 0
  const clock = definePlugin({ name: 'clock', services: [provide(Clock, () => Promise.resolve(Object.assign(() => ++made, { dispose: () => log.push('clock disposed') })))] })
  const user = defineExtension({
    kind: 'comparison',
    name: 'timed',
    summary: '',
    traits: { measures: 'distance', range: [0, null] },
    services: { clock: Clock },
    create: (_options, { clock: now }) => ({ measures: 'distance', compare: () => resultOf(now()), dispose: () => log.push('timed disposed') }),
  })
  await using host = new Host([clock, definePlugin({ name: 'user', extensions: [user] })])
  const resolver = host.resolver()
  const resolved = { ...resolver.resolve('comparison', 'timed', [])!, kind: 'comparison' as const }
  {
    await using scope = host.open()
    const map = { shape: [1], data: new Float32Array(1) }
    expect((await scope.create(resolved)).compare(map, map)).toEqual({ value: 1 })
    expect(log).toEqual([])
  }
  // In the reverse order of making.
  expect(log).toEqual(['timed disposed', 'clock disposed'])

  await using without = new Host([definePlugin({ name: 'user', extensions: [user] })])
  await expect(without.open().create(resolved)).rejects.toThrow('user needs the service test:clock, which no loaded plugin offers')
})

test('values of the caller are services too, and stay with their evaluation', async () => {
  await using host = new Host([])
  expect(await host.open([{ token: Clock, value: () => 7 }]).find(Clock)).toBeTypeOf('function')
  expect(await host.open().find(Clock)).toBeUndefined()
})

test('two plugins with one name are refused, naming both', () => {
  expect(() => new Host([plugin, { ...plugin, name: 'copy' }])).toThrow(new UserError('copy offers comparison "l2", but test-plugin does so already: load one of the two'))
})

test.each([
  [undefined, 'it has no default export made by definePlugin()'],
  [{ name: 'x' }, 'its default export was not made by definePlugin()'],
  [{ ...plugin, api: 2 }, 'it is made for plugin API 2, this is API 1: install newer @touchstone packages, or an older version of it'],
  [{ ...plugin, api: 0 }, 'it is made for plugin API 0, this is API 1: install a newer version of it'],
  [{ ...plugin, extensions: [{ kind: 'score' }] }, 'each of its extensions must be made by defineExtension()'],
  [{ ...plugin, extensions: [null] }, 'each of its extensions must be made by defineExtension()'],
  [{ ...plugin, presets: [null] }, 'each of its presets needs a kind'],
  [{ ...plugin, services: [{}] }, 'each of its services must be made by provide()'],
])('what is no plugin is refused (%#)', (value, message) => {
  expect(() => new Host([value as unknown as Plugin])).toThrow(message)
})

test('all plugins for another API are named at once', () => {
  const other = (name: string, api: number) => ({ ...plugin, name, api }) as unknown as Plugin
  expect(() => new Host([plugin, other('ahead', 2), other('behind', 0)])).toThrow(
    new UserError('plugin ahead: it is made for plugin API 2, this is API 1: install newer @touchstone packages, or an older version of it\nplugin behind: it is made for plugin API 0, this is API 1: install a newer version of it'),
  )
})

test('a plugin made by another copy of core works: plain data, tokens by name', async () => {
  const copied = { ...plugin, services: [{ token: { id: 'test:clock', key: Symbol.for('test:clock') }, services: {}, create: () => () => 3 }] } as Plugin
  await using host = new Host([copied])
  expect((await host.open().find(Clock))?.()).toBe(3)
})

test('a third party adds a kind of extension by declaration merging', async () => {
  const concept = defineExtension({ kind: 'concept', name: 'stripes', summary: 'striped things', traits: {}, create: () => ({ means: 'stripes' }) })
  await using host = new Host([definePlugin({ name: 'concepts', extensions: [concept] })])
  const resolved = host.resolver().resolve('concept', 'stripes', [])!
  const instance = await host.open().create({ ...resolved, kind: 'concept' })
  expectTypeOf(instance).toEqualTypeOf<Extensions['concept']>()
  expect(instance.means).toBe('stripes')
})

test('no global is left behind: tsyringe loads without a polyfill of Reflect that stays', () => {
  expect('getMetadata' in Reflect).toBe(false)
})
