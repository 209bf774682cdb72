import { isUserError, type Rows } from '@touchstone/core'
import type { Results, RunRecord } from '@touchstone/evaluation'
import { expect, test } from 'vitest'
import { examplePages, examplesFolder, partsOf, renderReport, reportFigures } from './index.js'
import { madeUpGallery, madeUpRun } from './made-up-run.test.data.js'

/** The page's text as a reader sees it, roughly: tags out, spaces joined. */
function textOf(page: string): string {
  const body = page.slice(page.indexOf('<body'), page.lastIndexOf('<script')).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
  return body.replaceAll('&nbsp;', ' ').replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

test('the page says what was evaluated', async () => {
  const text = textOf(await renderReport(madeUpRun()))
  expect(text).toContain('Attribution methods on mnist')
  expect(text).toContain('2 attribution methods (ig and lrp) on 2 models (well: right on 3 of 3 and bad: right on 2 of 3) by 2 metrics (osr and fidelity)')
  expect(text).toContain('3 of the 10,000 examples of mnist, whether classified right or not. Explained is the class that the model predicts. Seed 7. Engine tfjs-wasm 4.22.0, kernels 1.')
  expect(text).toContain('All 3 evaluated examples are shown.')
  expect(text).toContain('What these scores do not tell')
})

test('equal input gives equal text, which loads nothing and runs one script alone', async () => {
  const page = await renderReport(madeUpRun())
  expect(await renderReport(madeUpRun())).toBe(page)
  expect(page).not.toMatch(/ (src|href)="(?!data:|#)|url\(|@import/)
  expect(page.match(/<script/g)).toHaveLength(1)
  expect(page).toMatch(/script-src 'sha256-[A-Za-z0-9+/]{43}='"/)
})

test('means, intervals, ranks and directions stand in the tables', async () => {
  const text = textOf(await renderReport(madeUpRun({ models: ['one'], attributers: ['a', 'b', 'c'], score: (_, attributer) => [0.5, 0.25, 0.5][attributer]! })))
  expect(text).toContain('osr Lower is better.')
  expect(text).toContain('fidelity Higher is better.')
  expect(text).toContain('a 0.500 2nd of 3, tied [0.500, 0.500] 0.500 1st of 3, tied [0.500, 0.500] b 0.250 1st of 3 [0.250, 0.250] 0.250 3rd of 3 [0.250, 0.250] c 0.500 2nd of 3, tied')
})

test('undefined scores are counted, with their reasons, and so are means without a value', async () => {
  const run = madeUpRun({
    models: ['one'],
    attributers: ['a', 'b'],
    metrics: ['osr'],
    examples: 4,
    score: (_, attributer, __, example) => (attributer === 1 ? 'the map is constant' : example === 0 ? 'no neighbour was accepted' : 1),
  })
  const page = await renderReport(run)
  const text = textOf(page)
  expect(text).toContain('a 1.00 1st of 1 [1.00, 1.00] 1 undefined, n 3')
  expect(text).toContain('b no value 4 undefined, n 0')
  expect(text).toContain('osr one a 1 of 4 1 × no neighbour was accepted osr one b 4 of 4 4 × the map is constant')
  expect(text).toContain('5 of 8 scores undefined')
  expect(text).toContain('osr ↓ (lower is better) undefined: no neighbour was accepted')
})

test('where a metric says what counts as robust, the share of such examples stands below the mean', async () => {
  const run = madeUpRun({ models: ['one'], attributers: ['a', 'b'], metrics: ['osr'] })
  const robust = { share: 2 / 3, ciLow: 0.208, ciHigh: 0.939 }
  const summary = run.results.summary.map((row) => (row.attributer === 'a' ? { ...row, robust } : row))
  const text = textOf(await renderReport({ ...run, results: { ...run.results, summary } }))
  expect(text.match(/robust on 67 % \[21, 94\]/g)).toHaveLength(1)
})

test('a count of undefined scores that the rows do not explain is still told', async () => {
  const run = madeUpRun({ score: () => 'lost' })
  expect(textOf(await renderReport({ ...run, results: { ...run.results, rows: [] } }))).toContain('3 of 3 3 × no reason was given')
})

test('undefined scores show beside the mean', async () => {
  const text = textOf(await renderReport(madeUpRun({ score: (_, __, ___, example) => (example === 1 ? 'lost' : 1) })))
  expect(text).toContain('1st of 2, tied [1.00, 1.00] 1 undefined, n 2')
})

test('everything that comes from a run is escaped', async () => {
  const evil = (name: string) => `<script>${name}</script><img src=x onerror="alert('${name}')">`
  const plain = madeUpRun({
    models: [evil('model')],
    attributers: [evil('attributer')],
    metrics: [evil('metric'), '__proto__'],
    classNames: [evil('class'), evil('class')],
    score: (_, __, metric) => (metric === 0 ? evil('reason') : 1),
  })
  const { results, run } = plain
  const everywhere = {
    ...plain,
    results: {
      ...results,
      config: { ...results.config, dataset: { ...results.config.dataset, use: evil('dataset'), package: evil('package'), version: evil('version'), preset: evil('preset'), options: { path: evil('option') } } },
      engine: { name: evil('engine'), version: evil('version'), kernels: evil('kernels'), passedOver: [{ backend: evil('backend'), reason: evil('fallback') }] },
      examples: results.examples.map((example) => ({ ...example, id: evil(example.id) })),
      predictions: results.predictions.map((prediction) => ({ ...prediction, example: evil(prediction.example) })),
      rows: results.rows.map((row) => ({ ...row, example: evil(row.example) })),
    },
    run: { ...run!, startedAt: evil('start'), stages: [{ stage: evil('stage'), seconds: 1 }], host: { runtime: evil('runtime'), platform: evil('platform'), cores: 1 }, warnings: [evil('warning')] },
  }
  const page = await renderReport(everywhere)
  expect(page).not.toMatch(/<script>(?!\(function pageScript)/)
  expect(page).not.toContain('<img src=x')
  expect(page).not.toMatch(/<[^>]*onerror="/)
  for (const name of ['model', 'attributer', 'metric', 'class', 'reason', 'dataset', 'preset', 'option', 'engine', 'fallback', 'made-up-0', 'stage', 'runtime', 'platform', 'warning', 'start'])
    expect(page).toContain(`&lt;script&gt;${name}&lt;/script&gt;`)
})

test('missing inputs, maps and run records are named, and what is there is shown', async () => {
  const run = madeUpRun({ examples: 4 })
  const short: Rows = { shape: [1, 28, 28, 1], data: new Float32Array(784).fill(1) }
  const text = textOf(await renderReport({ results: run.results, run: undefined, inputs: undefined, maps: new Map([['well', new Map([['ig', short]])]]) }))
  expect(text).toContain('the inputs: none were given')
  expect(text).toContain('maps of ig on model well: 1 of 4 are there')
  expect(text).toContain('the maps of lrp on model well')
  expect(text).toContain('all maps of model bad')
  expect(text).toContain('no map was given')
  expect(text).toContain('No record of the run was given')
  expect(textOf(await renderReport({ ...run, inputs: short, maps: new Map() }))).toContain('inputs: 1 row for 4 examples the maps: none were given')
  expect(textOf(await renderReport(run))).not.toContain('Missing on this page')
})

test('a model that was not evaluated on an example has its own maps elsewhere', async () => {
  const { results, ...rest } = madeUpRun({ models: ['one'], attributers: ['a'], metrics: ['osr'], inputShape: [1], correctFor: 'each-model' })
  const first = results.examples[0]!.id
  const without = { ...results, predictions: results.predictions.filter(({ example }) => example !== first), rows: results.rows.filter(({ example }) => example !== first) }
  const maps = new Map([['one', new Map([['a', { shape: [2, 1], data: Float32Array.of(0.25, -4) }]])]])
  const page = await renderReport({ ...rest, results: without, maps })
  expect(textOf(page)).toContain('This model was not evaluated on this example.')
  expect(page).toContain(`Map of a for example ${results.examples[1]!.id}, model one, class 1: values from 0.250 to 0.250, strongest at position 1`)
  expect(page).toContain(`Map of a for example ${results.examples[2]!.id}, model one, class 2: values from −4.00 to −4.00, strongest at position 1`)
})

test('maps that are zero, not finite or of a shape without a picture are shown as that', async () => {
  const { results, ...rest } = madeUpRun({ models: ['one'], attributers: ['zero', 'nan', 'partly', 'odd'], examples: 1 })
  const rows = (shape: readonly number[], value: (index: number) => number): Rows => ({ shape: [1, ...shape], data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => value(index)) })
  const maps = new Map([['one', new Map([['zero', rows([2, 2, 1], () => 0)], ['nan', rows([2, 2, 1], () => NaN)], ['partly', rows([2, 2, 1], (index) => (index === 0 ? NaN : index))], ['odd', rows([2, 2, 1, 1], () => 1)]])]])
  const page = await renderReport({ ...rest, results, maps })
  const text = textOf(page)
  expect(text).toContain('every value is 0')
  expect(text).toContain('no value is finite: drawn black')
  expect(text).toContain('1 of 4 values not finite: drawn black')
  expect(page).toContain('values from 1.00 to 3.00, strongest at row 2, column 2, 1 of 4 not finite')
  expect(text).toContain('cannot be drawn: its shape is [2, 2, 1, 1]')
})

test('every colour bar has numbers, the same to both sides', async () => {
  const run = madeUpRun({ models: ['one'], attributers: ['a'], examples: 1, inputShape: [2] })
  const maps = new Map([['one', new Map([['a', { shape: [1, 2], data: Float32Array.of(0.5, -0.125) }]])]])
  expect(textOf(await renderReport({ ...run, maps }))).toContain('a −0.500 0 +0.500 osr')
})

test('no more than the first twelve examples are shown, and it says so', async () => {
  const page = await renderReport(madeUpRun({ examples: 14 }))
  expect(textOf(page)).toContain('12 of the 14 evaluated examples are shown: the first')
  expect(page.match(/<article/g)).toHaveLength(12)
})

test('channels are said to be summed', async () => {
  expect(textOf(await renderReport(madeUpRun({ inputShape: [4, 4, 3] })))).toContain('The inputs have 3 channels: maps are summed over them.')
  expect(textOf(await renderReport(madeUpRun({ inputShape: [4, 4, 2] })))).toContain('maps are summed over them, inputs are averaged over them.')
  expect(textOf(await renderReport(madeUpRun()))).not.toContain('channels')
})

test('warnings of the run are shown', async () => {
  const run = madeUpRun()
  const text = textOf(await renderReport({ ...run, run: { ...run.run!, warnings: ['only 3 examples fit'] } }))
  expect(text).toContain('Warnings of this run: only 3 examples fit')
})

test('another format is refused with both formats named', async () => {
  const run = madeUpRun()
  const results = { ...run.results, format: 'touchstone-results/2' } as unknown as Results
  const record = { ...run.run!, format: undefined } as unknown as RunRecord
  const thrown = async (make: () => Promise<string>): Promise<unknown> => {
    try {
      return await make()
    } catch (error) {
      return error
    }
  }
  const error = await thrown(() => renderReport({ ...run, results }))
  expect(isUserError(error)).toBe(true)
  expect(error).toMatchObject({ message: expect.stringMatching(/results is "touchstone-results\/2", but this report reads "touchstone-results\/1"/) as string })
  expect(await thrown(() => renderReport({ ...run, run: record }))).toMatchObject({ message: expect.stringMatching(/run record is none, but this report reads "touchstone-run\/1"/) as string })
})

test('ids of the page are unique and every reference has its target', async () => {
  const page = await renderReport(madeUpRun({ examples: 5 }))
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, target] of page.matchAll(/(?:aria-labelledby="|href="#)([^"]+)"/g)) expect(ids).toContain(target)
  expect(page.match(/<img/g)!.length).toBe(page.match(/<img[^>]* alt="[^"]+"/g)!.length)
})

/** Scores in which every method differs from the next by one, up to noise that is the same for all of them. */
const apart = (_: number, attributer: number, metric: number, example: number) => (metric === 0 ? attributer : -attributer) + 0.01 * example
const apartRun = (examples: number) => madeUpRun({ models: ['one'], attributers: ['a', 'b', 'c'], examples, score: apart })

test('the verdict comes first: who leads by each question, and whether beyond chance', async () => {
  const text = textOf(await renderReport(apartRun(10)))
  expect(text.indexOf('Most robust')).toBeLessThan(text.indexOf('Touchstone judged'))
  expect(text).toContain('Most robust on one a leads by the one metric, beyond chance by osr')
  expect(text).toContain('Most faithful on one a leads by the one metric, beyond chance by fidelity')
  expect(text).toContain('10 inputs. Beyond chance: paired Wilcoxon tests, corrected after Holm, p < 0.05. Every one of 60 scores is defined.')
  expect(text).toContain('one: a has the best mean and differs from every other method (largest p')
})

test('too few inputs settle nothing, and the verdict says so', async () => {
  // Three differences of one sign have p = 1/4 at best.
  expect(textOf(await renderReport(apartRun(3)))).toContain('Most robust on one not settled no method can be told apart from the leader by the one metric; most often a has the best mean (1 of 1)')
})

test('a run that asked for robustness alone is told what it lacks', async () => {
  const text = textOf(await renderReport(madeUpRun({ metrics: ['osr'] })))
  expect(text).toContain('No metric of faithfulness was asked for, and robustness alone says little')
})

test('slopes from model to model come with Kendall’s tau', async () => {
  const score = (model: number, attributer: number) => (model === 0 ? attributer : [0, 2, 1][attributer]!)
  const text = textOf(await renderReport(madeUpRun({ attributers: ['a', 'b', 'c'], metrics: ['osr'], score })))
  // Of three pairs one is turned round: (2 - 1) / 3.
  expect(text).toContain('Order of methods, Kendall’s τ b : 0.33')
})

test('neighbours stand beside the maps, with what changed and the pixels that metrics look at', async () => {
  const run = madeUpRun({ models: ['one'], attributers: ['a'], examples: 2 })
  const page = await renderReport({ ...run, gallery: madeUpGallery(run) })
  const text = textOf(page)
  expect(text).toContain('Neighbours by noise for osr: the first 1 of 2 accepted')
  expect(text).toContain('3 neighbours drawn, 2 accepted')
  expect(text).toContain('Neighbour, predicted 3 l2 distance 1.00, logit distance 0.250')
  expect(page).toMatch(/alt="Difference between neighbour and input in the map of a/)
  // Pixel 1 lies in the window of pixel 0, pixel 100 in none.
  expect(page).toContain('2 pixels with windows of radius 1; of 2 pixels of a neighbour&#39;s map 1 lie in a window')
  expect(text).toContain('2 of 3 neighbours accepted; refused: 1 × other class')
  expect(page).toContain('aria-label="Histogram of ‖x̃ − x‖₂ over 2 accepted neighbours by noise, on one"')
})

test('curves are drawn as means over examples, and metrics that differ by a number over that number', async () => {
  const { results, ...rest } = madeUpRun({ models: ['one'], attributers: ['a'], metrics: ['eps 1', 'eps 2', 'eps 4'] })
  const metrics = Object.fromEntries(Object.entries(results.config.metrics).map(([label, tree]) => [label, { ...tree, options: { sampler: { kind: 'sampler', use: 'attack', package: 'p', options: { eps: Number(label.slice(4)) } } } }]))
  const curves = [{ model: 'one', attributer: 'a', metric: 'eps 1', x: [0, 0.5, 1], y: [1, 0.5, 0], n: [2, 2, 2] }]
  const text = textOf(await renderReport({ ...rest, results: { ...results, curves, config: { ...results.config, metrics } } }))
  expect(text).toContain('Curves on one, means over examples')
  expect(text).toContain('By sampler.eps on one')
})

test('a chart of a plugin stands with its metric; one that loads something is told of, and nothing is loaded', async () => {
  const run = madeUpRun({ models: ['one'], attributers: ['a'] })
  const chart = (title: string, data: object) => ({ metric: 'osr', name: title, title, description: `what ${title} shows`, vegaLite: { data, mark: 'bar', encoding: { x: { field: 'x', type: 'quantitative' } } } })
  const charts = [chart('own', { values: [{ x: 1 }] }), chart('far', { url: 'https://example.org/data.json' })]
  const page = await renderReport({ ...run, gallery: { ...madeUpGallery(run), charts } })
  expect(page).toContain('aria-label="what own shows"')
  expect(textOf(page)).toContain('the chart "far" cannot be drawn')
  expect(page).not.toContain('example.org/data.json"')
})

test('charts are taken from the report before, to the same page', async () => {
  const run = madeUpRun()
  const before = await renderReport(run)
  expect(await renderReport(run, { before })).toBe(before)
  const marked = before.replace('<g fill="none"', '<g data-kept="" fill="none"')
  expect(await renderReport(run, { before: marked })).toContain('data-kept')
  expect(await renderReport(madeUpRun({ score: () => 7 }), { before: marked })).not.toContain('data-kept')
})

test('figures for papers stand alone: a name each, no colour that a page must define', async () => {
  const run = madeUpRun({ metrics: ['osr', 'o/s/r', '<osr>'] })
  const figures: { name: string; svg: string }[] = []
  for await (const figure of reportFigures({ ...run, gallery: madeUpGallery(run) })) figures.push(figure)
  expect(new Set(figures.map(({ name }) => name.toLowerCase())).size).toBe(figures.length)
  for (const { name, svg } of figures) {
    expect(name).toMatch(/^[A-Za-z0-9-]+$/)
    expect(svg).toMatch(/^<svg /)
    expect(svg).not.toContain('var(')
  }
  expect(figures.map(({ name }) => name)).toEqual(expect.arrayContaining(['osr-dots', 'osr-slopes', 'o-s-r-dots', 'osr-dots-2', 'input-distances-0', 'maps-made-up-0']))
})

test('examples that the report does not show stand on pages beside it, which it links to', async () => {
  const run = madeUpRun({ examples: 30, attributers: ['a'], metrics: ['osr'] })
  const page = await renderReport(run, { pages: true })
  const pages: { name: string; text: string }[] = []
  for await (const one of examplePages(run.results, partsOf(run))) pages.push(one)
  expect(pages.map(({ name }) => name)).toEqual(['13.html', '25.html'])
  for (const { name } of pages) expect(page).toContain(`href="${examplesFolder}/${name}"`)
  expect(await renderReport(run)).not.toContain(examplesFolder)
  expect(pages[1]!.text.match(/<article/g)).toHaveLength(6)
  expect(textOf(pages[1]!.text)).toContain('Example made-up-29')
})
