import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examplePages, partsOf, renderReport } from './index.js'
import { madeUpGallery, madeUpRun } from './made-up-run.test.data.js'

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const title = executablePath === undefined ? 'in a browser (skipped: no Chromium found; set CHROMIUM_PATH to run)' : 'in a browser'

/** Long names, so that what can overflow does. */
const run = madeUpRun({
  models: ['well', 'a_model_with_a_very_long_name_without_any_place_to_break_it_anywhere'],
  attributers: ['ig', 'layerwise_relevance_propagation_with_epsilon_plus_composite', 'saliency'],
  metrics: ['osr', 'lens_recall_of_the_hundred_strongest_pixels_in_a_window_of_one', 'sensitivity'],
  classNames: ['zero', 'a_class_name_that_is_longer_than_any_class_name_has_a_right_to_be'],
  score: (model, attributer, metric, example) => (example === 1 && attributer === 2 ? 'a_reason_that_is_one_single_word_from_its_beginning_to_its_very_end' : 0.1 * (model + attributer) + metric + 0.01 * example),
})

describe.skipIf(executablePath === undefined)(title, () => {
  let folder: string
  let address: string
  let browser: Browser

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'touchstone-report-'))
    address = pathToFileURL(join(folder, 'report.html')).href
    writeFileSync(join(folder, 'report.html'), await renderReport({ ...run, gallery: madeUpGallery(run) }))
    const longer = madeUpRun({ examples: 13, attributers: ['a'] })
    for await (const { name, text } of examplePages(longer.results, partsOf(longer))) writeFileSync(join(folder, name), text)
    browser = await chromium.launch({ executablePath: executablePath!, args })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  test.each([
    { width: 400, colorScheme: 'light', paper: 'rgb(253, 253, 252)' },
    { width: 400, colorScheme: 'dark', paper: 'rgb(22, 25, 28)' },
    { width: 1280, colorScheme: 'light', paper: 'rgb(253, 253, 252)' },
    { width: 1280, colorScheme: 'dark', paper: 'rgb(22, 25, 28)' },
  ] as const)('opens from disk at $width pixels, $colorScheme: no complaint, no request, no sideways scroll', async ({ width, colorScheme, paper }) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    const complaints: string[] = []
    const requests: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(address)
    const seen = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      broken: [...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length,
      images: document.images.length,
      paper: getComputedStyle(document.body).backgroundColor,
    }))
    expect(seen).toEqual({ overflow: 0, broken: 0, images: 21 + 2 * (1 + 2 * 3), paper })
    expect(complaints).toEqual([])
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address])
    await page.close()
  })

  test('opens with every reason unfolded and nothing runs over', async () => {
    const page = await browser.newPage({ viewport: { width: 400, height: 900 } })
    await page.goto(address)
    const overflow = await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true
      return document.documentElement.scrollWidth - document.documentElement.clientWidth
    })
    expect(overflow).toBe(0)
    await page.close()
  })

  test('is always light on paper, with everything unfolded', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' })
    await page.goto(address)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(253, 253, 252)')
    expect(await page.evaluate(() => document.querySelector('details pre')!.getBoundingClientRect().height)).toBeGreaterThan(0)
    await page.close()
  })

  test('columns sort from the best on, then the other way round, and what has no value stays last', async () => {
    const page = await browser.newPage()
    await page.goto(address)
    const methods = () => page.evaluate(() => [...document.querySelectorAll('.sortable')[0]!.querySelectorAll('tbody th')].map((cell) => cell.textContent))
    const head = page.locator('.sortable').first().locator('thead th').nth(1)
    await head.locator('button').click()
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    expect(await methods()).toEqual(['ig', 'layerwise_relevance_propagation_with_epsilon_plus_composite', 'saliency'])
    await head.locator('button').press('Enter')
    expect(await head.getAttribute('aria-sort')).toBe('descending')
    expect(await methods()).toEqual(['saliency', 'layerwise_relevance_propagation_with_epsilon_plus_composite', 'ig'])
    await page.close()
  })

  test('another scale of colours changes the maps and the numbers at their bars', async () => {
    const page = await browser.newPage()
    await page.goto(address)
    const seen = () => page.evaluate(() => ({ source: document.querySelectorAll<HTMLImageElement>('img[data-limit]')[0]!.src, end: document.querySelectorAll('.ends span')[2]!.textContent }))
    const own = await seen()
    await page.getByLabel('its 99th percentile').check()
    await page.waitForFunction((source) => document.querySelectorAll<HTMLImageElement>('img[data-limit]')[0]!.src !== source, own.source)
    const clipped = await seen()
    expect(Number(clipped.end.slice(1))).toBeLessThan(Number(own.end.slice(1)))
    await page.getByLabel('each map’s own largest value').check()
    await page.waitForFunction((source) => document.querySelectorAll<HTMLImageElement>('img[data-limit]')[0]!.src !== source, clipped.source)
    expect((await seen()).end).toBe(own.end)
    await page.close()
  })

  test('a page of further examples draws its maps when it is opened', async () => {
    const page = await browser.newPage()
    await page.goto(pathToFileURL(join(folder, '13.html')).href)
    await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth === 28))
    expect(await page.evaluate(() => document.images.length)).toBe(3)
    await page.close()
  })

  test.each(['light', 'dark'] as const)('axe finds no fault that is serious, %s', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme, bypassCSP: true })
    await page.goto(address)
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') })
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } }
      return (await axe.run()).violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(({ html }) => html.slice(0, 200)) }))
    })
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
    await page.close()
  })
})
