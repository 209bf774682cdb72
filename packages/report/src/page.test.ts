import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderReport } from './index.js'
import { madeUpRun } from './made-up-run.test.data.js'

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
    writeFileSync(join(folder, 'report.html'), await renderReport(run))
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
    expect(seen).toEqual({ overflow: 0, broken: 0, images: 21, paper })
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
})
