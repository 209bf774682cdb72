import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Results, RunRecord } from '@touchstone/evaluation'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandLine } from './command-line.test.data.js'

const { folder, touchstone, write, config } = await commandLine()

afterAll(() => rm(folder, { recursive: true, force: true }))

const bytesOf = (out: string) => readFile(join(folder, out, 'results.json'), 'utf8')
const runOf = async (out: string) => JSON.parse(await readFile(join(folder, out, 'run.json'), 'utf8')) as RunRecord

/** Two models x 4 digits x 2 methods x (a map and 2 scores). */
const units = 2 * 4 * 2 * 3
let path: string
let reference: string

beforeAll(async () => {
  path = await write('config.json', { ...config, examples: { take: 4 } })
  const { code } = await touchstone(['run', path, '--out', 'reference', '--store', 'reference.store', '--executor', 'inline', '--quiet'])
  expect(code).toBe(0)
  reference = await bytesOf('reference')
}, 60_000)

describe('every way of running gives the same bytes', () => {
  test('threads', async () => {
    const { code, err } = await touchstone(['run', path, '--out', 'threads', '--store', 'threads.store', '--threads', '3'])
    expect(code).toBe(0)
    expect(err).not.toContain('warning')
    expect(await bytesOf('threads')).toBe(reference)
    expect(await runOf('threads')).toMatchObject({ executor: { use: 'threads', options: { threads: 3 } }, units: { kept: 0, computed: units } })
  })

  test('shards with stores of their own, merged', async () => {
    for (const shard of ['1/2', '2/2']) {
      const { code, out } = await touchstone(['run', path, '--out', 'shards', '--store', `shard-${shard[0]!}`, '--shard', shard, '--executor', 'inline'])
      expect(code).toBe(0)
      expect(out).toContain(`shard ${shard[0]!} of 2: ${units / 2} maps and scores computed`)
    }
    const half = await touchstone(['merge', path, 'shard-1', '--out', 'merged', '--store', 'merged.store'])
    expect(half.code).toBe(2)
    expect(half.err).toContain(`merge: ${units / 2} of ${units} maps and scores are missing`)
    const whole = await touchstone(['merge', path, 'shard-2', '--out', 'merged', '--store', 'merged.store'])
    expect(whole.code).toBe(0)
    expect(await bytesOf('merged')).toBe(reference)
    expect((await runOf('merged')).units).toEqual({ kept: units, computed: 0 })
  })

  test('a config with plugins as objects runs in one thread, and says why', async () => {
    const { plugins, ...rest } = { ...config, examples: { take: 1 } }
    const code = `import ig from '@touchstone/ig'\nexport default { ...${JSON.stringify(rest)}, plugins: [ig, ...${JSON.stringify(plugins.filter((name) => !name.endsWith('/ig')))}] }`
    const outcome = await touchstone(['run', await write('object.config.mjs', code), '--out', 'object', '--store', 'object.store'])
    expect(outcome.code).toBe(0)
    expect(outcome.err).toContain('jobs run one after the other in this thread, since plugin @touchstone/ig does not say which version it is')
  })
})

describe('what was computed is there for the next run', () => {
  test('the plan counts it, and a finished config computes nothing', async () => {
    const fresh = await touchstone(['plan', path, '--store', 'plan.store', '--pilot'])
    expect(fresh.out).toMatch(new RegExp(`${units} of ${units} maps and scores are missing: \\d+ model rows in \\d+ jobs, about .* on \\d+ threads?, .* of the store`))
    const [, done, of] = /(\d+) of (\d+) examples were done in .*, and are kept/.exec(fresh.out)!
    expect(Number(done)).toBeLessThan(Number(of))
    const json = JSON.parse((await touchstone(['plan', path, '--store', 'reference.store', '--json'])).out) as { totals: { units: number; kept: number; rows: number } }
    expect(json.totals).toMatchObject({ units, kept: units, rows: 0 })
    await touchstone(['run', path, '--out', 'second', '--store', 'reference.store', '--quiet', '--resume'])
    expect(await bytesOf('second')).toBe(reference)
    expect(await runOf('second')).toMatchObject({ units: { kept: units, computed: 0 }, rowsRun: { well: 0, bad: 0 } })
  })

  test('a further method costs its own work alone', async () => {
    const more = await write('more.json', { ...config, examples: { take: 4 }, attributers: { ...config.attributers, gradient: 'gradient' } })
    await touchstone(['run', more, '--out', 'more', '--store', 'reference.store', '--quiet'])
    expect((await runOf('more')).units).toEqual({ kept: units, computed: units / 2 })
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('a run that %s ends goes on where it was', async (signal) => {
    const store = `${signal}.store`
    const long = await write('long.json', { ...config, examples: { take: 40 } })
    await touchstone(['run', long, '--out', 'undisturbed', '--store', 'undisturbed.store', '--quiet'])
    let sent = false
    const { code } = await touchstone(['run', long, '--out', signal, '--store', store], {
      onError: (text, send) => {
        if (sent || !text.includes('evaluating: 30 %')) return
        sent = true
        send(signal)
      },
    })
    expect(code).toBe(signal === 'SIGINT' ? 130 : null)
    const verified = JSON.parse((await touchstone(['store', 'verify', '--store', store, '--json'])).out) as { entries: number; damagedPacks: string[]; damagedEntries: string[] }
    expect(verified).toMatchObject({ damagedPacks: [], damagedEntries: [] })
    expect(verified.entries).toBeGreaterThan(0)
    await touchstone(['run', long, '--out', signal, '--store', store, '--quiet'])
    expect(await bytesOf(signal)).toBe(await bytesOf('undisturbed'))
    const { kept, computed } = (await runOf(signal)).units
    expect(kept).toBeGreaterThan(0)
    expect(kept + computed).toBe(10 * units)
  })

  test('a damaged file costs what it held, and is said', async () => {
    await touchstone(['run', path, '--out', 'damaged', '--store', 'damaged.store', '--executor', 'inline', '--quiet'])
    for (const name of (await readdir(join(folder, 'damaged.store'))).filter((file) => file !== '.gitignore')) {
      const file = join(folder, 'damaged.store', name)
      const content = await readFile(file)
      content[content.length - 1]! ^= 1
      await writeFile(file, content)
    }
    const verified = await touchstone(['store', 'verify', '--store', 'damaged.store'])
    expect(verified.code).toBe(2)
    expect(verified.out).toMatch(/: the \w+ [0-9a-f]+ is damaged/)
    // Another folder: in the one that is there the run is finished, whatever became of the store.
    const { code, err } = await touchstone(['run', path, '--out', 'mended', '--store', 'damaged.store', '--executor', 'inline'])
    expect(code).toBe(0)
    expect(err).toMatch(/warning: store: a \w+ in [0-9a-f]+ is damaged: it is computed again/)
    expect(await bytesOf('mended')).toBe(reference)
    expect((await touchstone(['store', 'verify', '--store', 'damaged.store'])).code).toBe(0)
  })
})

describe('a finished run', () => {
  const out = join(folder, 'sealed')
  const run = (...flags: string[]) => touchstone(['run', 'sealed.json', '--out', 'sealed', '--store', 'sealed.store', '--executor', 'inline', ...flags])
  const plugin = (factor: number) =>
    writeFile(
      join(folder, 'scaled', 'index.js'),
      `import { defineExtension, definePlugin } from '@touchstone/core'
       const scaled = defineExtension({ kind: 'attributer', name: 'scaled', summary: 'the input times ${factor}', traits: { signed: true, needs: [], differentiable: 'no' },
         create: () => ({ attribute: async ({ inputs }) => ({ shape: inputs.shape, data: inputs.data.map((value) => value * ${factor}) }) }) })
       export default definePlugin({ name: 'scaled-plugin', extensions: [scaled] })`,
    )
  const state = async () => Object.fromEntries(await Promise.all((await readdir(out, { recursive: true })).map(async (name) => [name, (await stat(join(out, name))).mtimeMs] as const)))

  beforeAll(async () => {
    for (const name of ['scaled', 'own']) await mkdir(join(folder, name))
    await writeFile(join(folder, 'scaled', 'package.json'), JSON.stringify({ name: 'scaled-plugin', version: '1.0.0', type: 'module', exports: './index.js' }))
    await plugin(1)
    for (const file of ['model.json', 'weights.bin']) await copyFile(join(folder, 'models', 'well', file), join(folder, 'own', file))
    await write('sealed.json', { ...config, plugins: [...config.plugins, './scaled/index.js'], examples: { take: 1 }, models: { own: { use: 'layers-model', options: { path: './own' } } }, attributers: { scaled: 'scaled' } })
    expect((await run('--quiet')).code).toBe(0)
  }, 60_000)

  test('is known: its end is told again, and no file is written', async () => {
    const before = await state()
    const { code, out: told, err } = await run()
    expect([code, err]).toEqual([0, ''])
    expect(told).toMatch(/model own, 1 examples: [\s\S]*\nfinished before, from the same config, code, models and data; results in sealed\nreport: file:/)
    expect((await run('--json')).out).toBe(await bytesOf('sealed'))
    expect(await state()).toEqual(before)
  })

  test.each([
    ['weights change', async () => writeFile(join(folder, 'own', 'weights.bin'), (await readFile(join(folder, 'own', 'weights.bin'))).fill(0, 0, 4))],
    ['the code of a plugin changes', () => plugin(2)],
    ['a table is damaged', () => writeFile(join(out, 'rows.csv'), '')],
    ['the report is gone', () => rm(join(out, 'report.html'))],
  ])('is looked at anew where %s, and then is finished again', async (_what, change) => {
    const intact = async () => [(await readFile(join(out, 'rows.csv'), 'utf8')).split('\r\n').length, (await readFile(join(out, 'report.html'), 'utf8')).includes('<html')]
    await change()
    const anew = await run()
    expect(anew.code).toBe(0)
    expect(anew.out).not.toContain('finished before')
    expect(await intact()).toEqual([4, true])
    expect((await run()).out).toContain('finished before')
  })
})

describe('a run within bounds', () => {
  test.each([
    ['--max-rows', '50', 'the budget of 50 rows is spent'],
    ['--max-time', '0.01', 'the budget of 0.01 s is spent'],
  ])('%s ends it in order, and the next goes on', async (flag, value, message) => {
    const store = `${flag.slice(2)}.store`
    const { code, err } = await touchstone(['run', path, '--out', 'bounded', '--store', store, '--executor', 'inline', flag, value])
    expect(code).toBe(3)
    expect(err).toContain(`touchstone: ${message}`)
    expect(err).toContain('what was finished is kept: the same command goes on from there')
    expect((await touchstone(['run', path, '--out', 'bounded', '--store', store, '--quiet'])).code).toBe(0)
    expect(await bytesOf('bounded')).toBe(reference)
  })

  test('--unit-timeout ends what hangs: it is undefined with the reason, all else is done', async () => {
    await mkdir(join(folder, 'hang'), { recursive: true })
    await writeFile(join(folder, 'hang', 'package.json'), JSON.stringify({ name: 'hanging-plugin', version: '1.0.0', type: 'module', exports: './index.js' }))
    await writeFile(
      join(folder, 'hang', 'index.js'),
      `import { defineExtension, definePlugin } from '@touchstone/core'
       const hangs = defineExtension({ kind: 'attributer', name: 'hangs', summary: 'never comes back from a digit of few strokes', traits: { signed: true, needs: [], differentiable: 'no' },
         create: () => ({ attribute: async ({ inputs }) => { while (inputs.data.subarray(0, 784).reduce((a, b) => a + b, 0) < 65) {} return { shape: inputs.shape, data: inputs.data.slice() } } }) })
       export default definePlugin({ name: 'hanging-plugin', extensions: [hangs] })`,
    )
    const hanging = await write('hanging.json', { ...config, plugins: [...config.plugins, './hang/index.js'], examples: { take: 4 }, batchRows: 5, attributers: { hangs: 'hangs', fine: Object.values(config.attributers)[0]! }, models: { well: config.models.well } })
    const { code, err } = await touchstone(['run', hanging, '--out', 'hanging', '--store', 'hanging.store', '--threads', '2', '--unit-timeout', '4'])
    expect(code).toBe(4)
    expect(err).toContain('model "well", examples test/00002: nothing was finished for 4 s, the job was ended; it is done again without attributer "hangs"')
    expect(err).toMatch(/3 maps and scores are undefined: attributer "hangs" \(of hanging-plugin\) hung: nothing was finished for 4 s/)
    const { rows } = JSON.parse(await bytesOf('hanging')) as Results
    expect(rows.filter(({ value }) => value === null).map(({ attributer, example, reason }) => ({ attributer, example, reason }))).toEqual(
      Array.from({ length: 2 }, () => ({ attributer: 'hangs', example: 'test/00002', reason: 'attributer "hangs" (of hanging-plugin) hung: nothing was finished for 4 s' })),
    )
    expect(await readFile(join(folder, 'hanging', 'report.html'), 'utf8')).toContain('hung: nothing was finished for 4 s')
    expect(JSON.parse((await touchstone(['store', 'ls', '--store', 'hanging.store', '--json'])).out)).toMatchObject({ kinds: { map: { entries: 7 }, score: { entries: 14 } } })
  })

  test('inline says that it cannot end what hangs', async () => {
    const { code, err } = await touchstone(['run', path, '--executor', 'inline', '--unit-timeout', '4'])
    expect(code).toBe(2)
    expect(err).toContain('--unit-timeout: the executor inline does all in this thread, and cannot end what hangs in it')
  })
})

test('--json-events tells what happens in lines of JSON, and the log of the run has it too', async () => {
  const { code, out, err } = await touchstone(['run', path, '--out', 'events', '--store', 'events.store', '--json-events'])
  expect([code, err]).toEqual([0, ''])
  const events = out.trim().split('\n').map((line) => JSON.parse(line) as { event: string; kind?: string })
  expect(events.filter(({ event }) => event === 'unit')).toHaveLength(units)
  expect(events.find(({ event }) => event === 'plan')).toMatchObject({ units, kept: 0 })
  expect(events.at(-1)).toMatchObject({ event: 'finished', units: { computed: units } })
  const log = (await readFile(join(folder, 'events', 'run.log'), 'utf8')).trim().split('\n')
  expect(log.filter((line) => line.includes(' done '))).toHaveLength(units)
  for (const line of log) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z /)
})

test('store ls and prune', async () => {
  const { out } = await touchstone(['store', 'ls', '--store', 'reference.store', '--json'])
  const content = JSON.parse(out) as { packs: number; bytes: number; kinds: Record<string, { entries: number }> }
  expect(content.kinds.map!.entries).toBeGreaterThanOrEqual(16)
  expect((await touchstone(['store', 'prune', '--store', 'reference.store', '--older-than', '1d'])).out).toBe('removed 0 files, 0 B\n')
  expect((await touchstone(['store', 'prune', '--store', 'reference.store', '--max-size', '0B', '--json'])).out).toBe(`${JSON.stringify({ packs: content.packs, bytes: content.bytes })}\n`)
})

test('a mistake is told in one line', async () => {
  const mistakes: readonly (readonly [readonly string[], string])[] = [
    [['run', 'config.json', '--shard', '3/2'], '--shard: expected i/n with i from 1 to n, such as 2/8, found "3/2"'],
    [['run', 'config.json', '--treads', '2'], 'unknown option --treads'],
    [['run', 'config.json', '--threads', 'many'], "option '--threads <n>' argument 'many' is invalid"],
    [['run', 'config.json', '--executor', 'inline', '--redis', 'x'], 'executor.options.redis: "inline" has no such option'],
    [['run', 'config.json', '--executor', 'nobody'], 'no executor named "nobody"'],
    [['merge', 'config.json', 'nowhere'], 'merge: nowhere: there is no such folder'],
    [['store', 'prune'], 'store prune: name --older-than, --max-size or both'],
    [['store', 'prune', '--older-than', 'soon'], '--older-than: expected a number and one of s, min, h, d'],
    [['store', 'verify', '--store', 'config.json'], 'cannot read the store'],
    [['run', 'config.json', '--store', 'config.json'], 'there is a file in its place'],
  ]
  const outcomes = await Promise.all(mistakes.map(([args]) => touchstone(args)))
  for (const [index, { code, err }] of outcomes.entries()) {
    expect(err).toContain(mistakes[index]![1])
    expect(err).not.toContain('    at ')
    expect(code).toBe(2)
  }
})

test('results hold nothing of how they were computed', () => {
  const results = JSON.parse(reference) as Results
  expect(JSON.stringify({ ...results, rows: [] })).not.toMatch(/store|thread|executor|kept|computed/)
})
