import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeNpy } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { afterAll, describe, expect, test } from 'vitest'
import { commandLine } from './command-line.test.data.js'

const { folder, quickstart, repository, touchstone, write, config, plugins } = await commandLine()

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('touchstone run', () => {
  test('writes results, tables, maps and a report, and prints a table', async () => {
    const { code, out, err } = await touchstone(['run', await write('run.json', config), '--out', 'out'])
    expect(err).toContain('evaluating: 100 %')
    expect(code).toBe(0)
    expect(out).toMatch(/model well, 3 examples/)
    expect(out).toMatch(/saliency +[\d.]+ \[[\d.]+, [\d.]+\]/)
    expect(out).toMatch(/model well: mean ranks, 1 is best; .*\nmetric +ranks +critical difference +p\nsensitivity +(saliency|ig) [\d.]+, (saliency|ig) [\d.]+ \[(saliency, ig|ig, saliency)\]/)
    expect(out).toMatch(/whether models rank methods alike: .*\nmetric +models +tau\nsensitivity +well and bad +-?[\d.]+/)
    expect(out).toContain('report: file://')

    const results = JSON.parse(await readFile(join(folder, 'out', 'results.json'), 'utf8')) as Results
    expect(results.format).toBe('touchstone-results/1')
    expect(results.config.attributers.ig).toMatchObject({ use: 'integrated-gradients', package: '@touchstone/ig', version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string, options: { steps: 4, baseline: 0 } })
    expect(results.rows).toHaveLength(2 * 3 * 2 * 2)
    expect(results.summary).toHaveLength(2 * 2 * 2)
    for (const { n, mean, ciLow, ciHigh } of results.summary) {
      expect(n).toBe(3)
      expect(ciLow!).toBeLessThanOrEqual(mean!)
      expect(ciHigh!).toBeGreaterThanOrEqual(mean!)
    }
    // What a method says of its maps: how far integrated gradients are from adding up.
    expect(results.diagnostics).toHaveLength(2 * 3)
    expect(results.diagnostics[0]).toEqual({ model: 'well', example: 'test/00000', attributer: 'ig', name: 'convergence-delta', value: expect.any(Number) as number })
    expect(results.diagnosticSummary.map(({ model, n }) => [model, n])).toEqual([['well', 3], ['bad', 3]])
    expect(results.engine).toMatchObject({ name: 'tfjs-wasm' })
    // The first digit of the test set is a 7, and the good model sees it.
    expect(results.examples[0]).toEqual({ id: 'test/00000', label: 7 })
    expect(results.predictions[0]).toMatchObject({ model: 'well', predicted: 7, target: 7 })

    const maps = decodeNpy(await readFile(join(folder, 'out', 'maps', 'well', 'ig.npy')), 'ig.npy')
    expect(maps.shape).toEqual([3, 28, 28, 1])
    expect((await readFile(join(folder, 'out', 'rows.csv'), 'utf8')).split('\r\n')).toHaveLength(1 + 24 + 1)
    expect(JSON.parse(await readFile(join(folder, 'out', 'run.json'), 'utf8'))).toMatchObject({ format: 'touchstone-run/1', batchRows: 64, host: { runtime: `node ${process.versions.node}` } })
    expect(await readFile(join(folder, 'out', 'report.html'), 'utf8')).toContain('<html')
  })

  test('results.json is the same to the byte for batchRows 1, 7 and 64, and for a second run', async () => {
    const bytes = async (name: string, batchRows: number) => {
      // Each computes for itself.
      const { code } = await touchstone(['run', await write(`${name}.json`, { ...config, batchRows }), '--out', name, '--store', `${name}.store`, '--quiet'])
      expect(code).toBe(0)
      return readFile(join(folder, name, 'results.json'), 'utf8')
    }
    const reference = await bytes('b64', 64)
    expect(await bytes('b1', 1)).toBe(reference)
    expect(await bytes('b7', 7)).toBe(reference)
    expect(await bytes('again', 64)).toBe(reference)
  })

  test('--json prints the results alone, --quiet nothing', async () => {
    const file = await write('json.json', { ...config, examples: { take: 1 } })
    const { code, out } = await touchstone(['run', file, '--out', 'json', '--json'])
    expect(code).toBe(0)
    expect(out).toBe(await readFile(join(folder, 'json', 'results.json'), 'utf8'))
    expect(await touchstone(['run', file, '--out', 'json', '--quiet'])).toEqual({ code: 0, out: '', err: '' })
  })

  test.each([
    ['a.config.ts', `import { defineEvaluation } from '@touchstone/evaluation'\nconst take: number = 1\nexport default defineEvaluation({ ...${JSON.stringify(config)}, examples: { take } })`],
    ['b.config.js', `export default { ...${JSON.stringify(config)}, examples: { take: 1 } }`],
    ['c.config.mjs', `import ig from '@touchstone/ig'\nexport default { ...${JSON.stringify(config)}, plugins: [ig, ...${JSON.stringify(plugins.filter((name) => !name.endsWith('/ig')))}], examples: { take: 1 } }`],
  ])('a config may be code: %s', async (name, code) => {
    const outcome = await touchstone(['run', await write(name, code), '--out', 'code', '--quiet'])
    expect(outcome).toEqual({ code: 0, out: '', err: '' })
  })

  test('Ctrl-C ends it with 130, and what an earlier run wrote is still there', async () => {
    await touchstone(['run', await write('short.json', { ...config, examples: { take: 1 } }), '--out', 'stopped', '--quiet'])
    const before = await readFile(join(folder, 'stopped', 'results.json'), 'utf8')
    const long = await write('long.json', { ...config, examples: { take: 60 } })
    let asked = false
    const once = (text: string, stop: () => void): void => {
      if (asked || !text.includes('evaluating: 10 %')) return
      asked = true
      stop()
    }
    const { code, err } = await touchstone(['run', long, '--out', 'stopped'], { onError: once })
    expect(code).toBe(130)
    expect(err).toContain('what was finished is kept: the same command goes on from there')
    expect(err).toContain('touchstone: stopped')
    expect(err).not.toContain('    at ')
    expect(await readFile(join(folder, 'stopped', 'results.json'), 'utf8')).toBe(before)
  })
})

describe('touchstone compare', () => {
  test('tells what differs, which means changed beyond noise, and how ranks moved', async () => {
    await touchstone(['run', await write('compared.json', { ...config, examples: { take: 12 }, metrics: { sensitivity: 'sensitivity' } }), '--out', 'before', '--quiet'])
    const results = JSON.parse(await readFile(join(folder, 'before', 'results.json'), 'utf8')) as Results
    const rows = results.rows.map((row) => (row.model === 'well' && row.attributer === 'saliency' ? { ...row, value: row.value! / 1000 } : row))
    await mkdir(join(folder, 'after'))
    await write('after/results.json', { ...results, rows, config: { ...results.config, seed: 9 } })

    const { code, out, err } = await touchstone(['compare', 'before', 'after'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('a: before, 12 examples\nb: after, 12 examples, 12 of them also in a')
    expect(out).toContain('what differs, a -> b:\n  config.seed: 0 -> 9')
    expect(out).toMatch(/model well, sensitivity \(lower is better\); Kendall's tau of the rankings -1 \[/)
    // 2 / 2^12, times four tests.
    expect(out).toMatch(/saliency .* -[\d.]+ \[-[\d.]+, -[\d.]+\] +0\.001953 +2 -> 1 +changed\n/)
    expect(out).toMatch(/ig .* 0 \[0, 0\] +1 +1 -> 2\n/)
    expect(out).toContain('1 of 4 means changed beyond noise')

    const json = await touchstone(['compare', 'before', 'after', '--json'])
    expect(JSON.parse(json.out)).toMatchObject({ format: 'touchstone-comparison/1', differences: [{ path: 'config.seed', a: 0, b: 9 }], examples: { shared: 12 } })
    expect((await touchstone(['compare', 'before', 'before'])).out).toContain('config, versions, engine, models and dataset are the same')
    expect(await touchstone(['compare', 'before', 'nowhere'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^touchstone: .*nowhere holds no results\.json: name the folder of a run, the one given as --out\n$/) as string })
  })
})

describe('a mistake gives one clear message, exit code 2 and no stack trace', () => {
  const broken = (changes: object) => write('broken.json', { ...config, ...changes })
  /** A copy of the shipped model with `change` made to it. */
  const model = async (change: (at: string) => Promise<unknown>) => {
    const at = join(folder, 'broken-model')
    await rm(at, { recursive: true, force: true })
    await mkdir(at)
    for (const file of ['model.json', 'weights.bin']) await copyFile(join(quickstart, 'models', 'well', file), join(at, file))
    await change(at)
    return broken({ models: { well: { use: 'layers-model', options: { path: './broken-model' } } } })
  }
  /** IDX files with two black digits, changed. */
  const mnist = async (change: (files: { images: Buffer; labels: Buffer }) => { images?: Buffer; labels?: Buffer }) => {
    const header = (...lengths: number[]) => Buffer.concat([Buffer.of(0, 0, 8, lengths.length), ...lengths.map((length) => Buffer.from(Uint32Array.of(length).buffer).reverse())])
    const files = { images: Buffer.concat([header(2, 28, 28), Buffer.alloc(2 * 784)]), labels: Buffer.concat([header(2), Buffer.of(3, 9)]) }
    const { images, labels } = { ...files, ...change(files) }
    await mkdir(join(folder, 'idx'), { recursive: true })
    await writeFile(join(folder, 'idx', 't10k-images-idx3-ubyte'), images)
    await writeFile(join(folder, 'idx', 't10k-labels-idx1-ubyte'), labels)
    return broken({ dataset: { use: 'mnist', options: { folder: './idx' } } })
  }

  const cases: Readonly<Record<string, readonly [() => Promise<string>, string]>> = {
    'no such config': [() => Promise.resolve('nowhere.config.ts'), 'cannot find the config nowhere.config.ts'],
    'a folder as config': [() => Promise.resolve('models'), 'models is a folder, expected a config file'],
    'another kind of file': [() => write('config.yaml', ''), 'config.yaml: expected a config that ends with .ts'],
    'broken JSON': [() => write('bad.json', '{ "plugins": ['), 'bad.json: is not JSON'],
    'code that does not run': [() => write('bad.config.ts', 'export default {{'), 'bad.config.ts: fails when it is loaded'],
    'code that exports nothing': [() => write('none.config.ts', 'export const x = 1'), 'none.config.ts:'],
    'a typo in a key': [() => broken({ atributers: {} }), 'atributers: unknown key; did you mean "attributers"?'],
    'a typo in a method': [() => broken({ attributers: { s: 'salency' } }), 'attributers.s: no attributer named "salency" in the loaded plugins; did you mean "saliency"?'],
    'a typo in an option': [() => broken({ attributers: { s: { use: 'integrated-gradients', options: { step: 3 } } } }), 'attributers.s.options.step: "integrated-gradients" has no such option; did you mean "steps" or "maxSteps"?'],
    'an option out of range': [() => broken({ attributers: { s: { use: 'integrated-gradients', options: { steps: 0 } } } }), 'attributers.s.options.steps: expected at least 1, found 0 [@touchstone/ig]'],
    'an option of the wrong type': [() => broken({ attributers: { s: { use: 'integrated-gradients', options: { steps: 'many' } } } }), 'attributers.s.options.steps: expected a whole number, found "many"'],
    'an unknown plugin': [() => broken({ plugins: [...plugins, '@touchstone/nowhere'] }), 'plugins[7]: cannot find "@touchstone/nowhere"'],
    'a package that is no plugin': [() => broken({ plugins: [...plugins, '@touchstone/evaluation'] }), 'plugins[7]: "@touchstone/evaluation" is no plugin: it has no default export made by definePlugin()'],
    'a plugin listed twice': [() => broken({ plugins: [...plugins, '@touchstone/ig'] }), 'plugins: "@touchstone/ig" is listed more than once'],
    'a plugin that another one needs': [() => broken({ plugins: plugins.filter((name) => !name.endsWith('/noise')), metrics: { s: 'sensitivity' } }), 'needs sampler "noise": install @touchstone/noise and add it to plugins'],
    'a missing model': [() => broken({ models: { well: { use: 'layers-model', options: { path: './nowhere' } } } }), 'models.well: cannot read'],
    'a truncated model': [() => model(async (at) => writeFile(join(at, 'weights.bin'), (await readFile(join(at, 'weights.bin'))).subarray(4))), 'a file is truncated or missing'],
    'a model of another format': [() => model((at) => writeFile(join(at, 'model.json'), 'PK\u0003\u0004')), 'expected the model.json of a tfjs layers-model, but it is not JSON'],
    'NaN weights': [() => model(async (at) => writeFile(join(at, 'weights.bin'), (await readFile(join(at, 'weights.bin'))).fill(0xff))), 'holds values that are not finite numbers'],
    'a truncated dataset': [() => mnist(({ images }) => ({ images: images.subarray(0, 1000) })), 't10k-images-idx3-ubyte'],
    'images of the wrong shape': [() => mnist(({ images }) => ({ images: Buffer.concat([images.subarray(0, 8), Buffer.of(0, 0, 0, 14, 0, 0, 0, 56), images.subarray(16)]) })), 'expected images of 28 x 28, found shape [2, 14, 56]'],
    'a label out of range': [() => mnist(({ labels }) => ({ labels: Buffer.concat([labels.subarray(0, 9), Buffer.of(12)]) })), 'expected labels from 0 to 9, found 12'],
    'a missing dataset': [() => broken({ dataset: { use: 'mnist', options: { folder: './nowhere' } } }), 'nowhere'],
  }

  test.each(Object.keys(cases))('%s', async (name) => {
    const [prepare, message] = cases[name]!
    const { code, out, err } = await touchstone(['run', await prepare(), '--out', 'mistakes', '--quiet'])
    expect(err).toContain(message)
    expect(err).not.toMatch(/^ {4}at /m)
    expect(code).toBe(2)
    expect(out).toBe('')
  })

  test('a folder of the user stays, empty or not; one that was made for nothing goes', async () => {
    const at = join(folder, 'empty')
    await mkdir(at)
    expect((await touchstone(['run', join(folder, await broken({ seed: -1 })), '--out', '.'], { cwd: at })).code).toBe(2)
    expect((await touchstone(['run', join(folder, 'broken.json'), '--out', 'new/deep'], { cwd: at })).code).toBe(2)
    expect(await readdir(at)).toEqual([])
  })

  test('a run with damaged results', async () => {
    await mkdir(join(folder, 'damaged'))
    await write('damaged/results.json', { format: 'touchstone-results/1', rows: [] })
    const { code, err } = await touchstone(['report', 'damaged'])
    expect(err).toMatch(/^touchstone: .*results\.json: is damaged: it lacks the config/)
    expect(code).toBe(2)
  })

  test('all problems come at once', async () => {
    const { err } = await touchstone(['run', await broken({ seed: -1, attributers: { s: 'salency' }, metrics: {} }), '--quiet'])
    expect(err).toContain('broken.json: 3 problems')
  })

  test('an output folder that cannot be written to is told before any work', async () => {
    const file = await write('fine.json', config)
    await write('a-file', '')
    const { code, err } = await touchstone(['run', file, '--out', 'a-file'])
    expect(err).toMatch(/^touchstone: cannot write to the output folder .*a-file: there is a file in its place; choose another with --out\n$/)
    expect(code).toBe(2)
  })

  test.runIf(process.platform === 'linux')('an output folder where none can be made', async () => {
    const { code, err } = await touchstone(['run', await write('fine.json', config), '--out', '/proc/touchstone/run'])
    expect(err).toMatch(/^touchstone: cannot write to the output folder \/proc\/touchstone\/run: /)
    expect(code).toBe(2)
  })

  test.each([
    [['rnu', 'x.json'], "error: unknown command 'rnu'\n(Did you mean run?)"],
    [['run'], "error: missing required argument 'config'"],
    [['run', 'x.json', '--outt', 'y'], 'unknown option --outt; did you mean "out"?'],
    [['report', 'nowhere'], 'holds no results.json: name the folder of a run'],
  ])('touchstone %j', async (args, message) => {
    const { code, err } = await touchstone(args)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })

  test('a run of another format', async () => {
    await mkdir(join(folder, 'other'))
    await write('other/results.json', { format: 'touchstone-results/9' })
    const { code, err } = await touchstone(['report', 'other'])
    expect(err).toContain('expected format "touchstone-results/1", found "touchstone-results/9"')
    expect(code).toBe(2)
  })
})

describe('touchstone list', () => {
  test('without a config it shows every plugin among the dependencies of the nearest package.json', async () => {
    const { code, out } = await touchstone(['list'], { cwd: join(quickstart, 'models') })
    expect(code).toBe(0)
    for (const name of ['saliency', 'integrated-gradients', 'noise', 'kendall', 'robustness', 'sensitivity', 'mnist', 'layers-model']) expect(out).toContain(`  ${name}  (`)
    expect(out).toContain('steps = 50 rows: points on the path from a baseline to the input')
  })

  test('--json is the metadata', async () => {
    const { out } = await touchstone(['list', await write('list.json', config), '--json'])
    const { extensions } = JSON.parse(out) as { extensions: { kind: string; name: string; package: string; version: string; options: { name: string; default?: unknown }[]; cost?: unknown }[] }
    expect(extensions.find(({ name }) => name === 'integrated-gradients')).toMatchObject({
      kind: 'attributer',
      package: '@touchstone/ig',
      version: expect.any(String) as string,
      options: expect.arrayContaining([expect.objectContaining({ name: 'steps', default: 50 }), expect.objectContaining({ name: 'baseline', default: 0 })]) as unknown,
      cost: { rows: 52 },
    })
    expect(extensions.find(({ name }) => name === 'sensitivity')).toMatchObject({ presetOf: 'robustness', cost: { rows: 10, maps: 10 } })
  })

  test('--cost prints the MFLOP per row of the models', async () => {
    const { out } = await touchstone(['list', await write('list.json', config), '--cost'])
    const [, mflop] = /^well +([\d.]+) +28x28x1 +10$/m.exec(out)!
    expect(Number(mflop)).toBeGreaterThan(0.1)
    expect(Number(mflop)).toBeLessThanOrEqual(5)
    expect(out).toMatch(/attributer ig +6\n/)
    expect(out).toMatch(/metric kendall +4 +4/)
  })
})

test('touchstone init writes a config once, and says so the second time', async () => {
  const at = join(folder, 'fresh')
  await mkdir(at)
  expect((await touchstone(['init'], { cwd: at })).code).toBe(0)
  expect(await readFile(join(at, 'touchstone.config.ts'), 'utf8')).toContain('defineEvaluation')
  const again = await touchstone(['init'], { cwd: at })
  expect(again.code).toBe(2)
  expect(again.err).toContain('touchstone.config.ts is there already')
})

test('touchstone report writes the page again from the folder of a run, and says what is missing', async () => {
  await touchstone(['run', await write('again.json', { ...config, examples: { take: 1 } }), '--out', 'again', '--quiet'])
  const page = await readFile(join(folder, 'again', 'report.html'), 'utf8')
  await rm(join(folder, 'again', 'report.html'))
  expect((await touchstone(['report', 'again'])).code).toBe(0)
  expect(await readFile(join(folder, 'again', 'report.html'), 'utf8')).toBe(page)
  const { code, out } = await touchstone(['report', 'again', '--figures', 'figures'])
  expect(code).toBe(0)
  const figures = await readdir(join(folder, 'figures'))
  expect(out).toContain(`${figures.length / 2} figures, as SVG and PNG, in figures`)
  expect(figures).toEqual(expect.arrayContaining(['sensitivity-dots.svg', 'sensitivity-dots.png', 'maps-test-00000.png']))
  const png = await readFile(join(folder, 'figures', 'maps-test-00000.png'))
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  await rm(join(folder, 'again', 'maps'), { recursive: true })
  expect((await touchstone(['report', 'again'])).code).toBe(0)
  expect(await readFile(join(folder, 'again', 'report.html'), 'utf8')).not.toBe(page)
})

test('a plugin that does not load is told, and the others still work', async () => {
  const at = join(folder, 'with-broken')
  for (const [name, code] of [['broken', `throw new Error('half a plugin')`], ['fine', `export default { api: 1, name: 'fine', presets: [], services: [], extensions: [] }`]] as const) {
    await mkdir(join(at, 'node_modules', name), { recursive: true })
    await writeFile(join(at, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0', type: 'module', main: 'index.js', keywords: ['touchstone-plugin'] }))
    await writeFile(join(at, 'node_modules', name, 'index.js'), code)
  }
  await writeFile(join(at, 'package.json'), JSON.stringify({ dependencies: { broken: '1', fine: '1' } }))
  const { code, out, err } = await touchstone(['list'], { cwd: at })
  expect(err).toContain('warning: plugin left out: "broken" fails when it is loaded: half a plugin')
  expect(out).toContain('robustness')
  expect(code).toBe(0)
})

test('a plugin brings a subcommand of its own', async () => {
  const at = join(folder, 'with-command')
  await mkdir(join(at, 'node_modules', 'touchstone-plugin-hello'), { recursive: true })
  await writeFile(join(at, 'package.json'), JSON.stringify({ dependencies: { 'touchstone-plugin-hello': '1' } }))
  await writeFile(join(at, 'node_modules', 'touchstone-plugin-hello', 'package.json'), JSON.stringify({ name: 'touchstone-plugin-hello', version: '1.2.3', type: 'module', main: 'index.js', keywords: ['touchstone-plugin'] }))
  // Written without core: a plugin is plain data.
  await writeFile(
    join(at, 'node_modules', 'touchstone-plugin-hello', 'index.js'),
    `export default { api: 1, name: 'touchstone-plugin-hello', presets: [], services: [], extensions: [{
      kind: 'command', name: 'hello', summary: 'greets', traits: { usage: 'hello <name>' }, options: {}, services: {},
      create: () => ({ run: async (args) => { console.log('hello', ...args); return 3 } }),
    }] }`,
  )
  expect((await touchstone(['--help'], { cwd: at })).out).toMatch(/hello .*greets/)
  expect(await touchstone(['hello', 'world', '--loud'], { cwd: at })).toEqual({ code: 3, out: 'hello world --loud\n', err: '' })
})

describe('conformance', () => {
  const cases = join(repository, 'packages/testkit/cases/attribution.json')

  test('the reference cases pass, those without a method here are skipped by name', async () => {
    const files = ['attribution', 'captum', 'lens'].map((name) => join(repository, `packages/testkit/cases/${name}.json`))
    const { code, out } = await touchstone(['conformance', ...files], { cwd: repository })
    const lines = out.trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^\d+ passed, 0 failed, \d+ skipped$/)
    expect(lines.filter((line) => line.startsWith('passed')).length).toBeGreaterThanOrEqual(38 + 212 + 45)
    expect(lines.filter((line) => line.startsWith('skipped') && !/no installed plugin answers "[a-z_]+"$/.test(line))).toEqual([])
    expect(code).toBe(0)
  })

  test('a case that fails is told, and the code says so', async () => {
    const file = JSON.parse(await readFile(cases, 'utf8')) as { cases: { id: string; expected: unknown }[] }
    file.cases = file.cases.filter(({ id }) => id === 'saliency-basic' || id === 'forward-multilayer').map((one) => (one.id === 'saliency-basic' ? { ...one, expected: [[[1, 2, 3, 4, 5, 6]]] } : one))
    const { code, out } = await touchstone(['conformance', join(folder, await write('wrong.json', file))], { cwd: repository })
    expect(out).toMatch(/failed {3}saliency-basic: .*allowed/)
    expect(out).toContain('1 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })

  test.each([
    ['no-such.json', 'cannot read'],
    ['touchstone.config.json', 'reference cases are in the format attribution-cases/1'],
  ])('what is no file of cases: %s', async (name, message) => {
    await write('touchstone.config.json', config)
    const { code, err } = await touchstone(['conformance', name])
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})
