import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build, preview, type PreviewServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
// WebGL without a graphics card.
const args = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const title = executablePath === undefined ? 'the playground in a browser (skipped: no Chromium found; set CHROMIUM_PATH to run)' : 'the playground in a browser'
const models = new URL('../quickstart/models/', import.meta.url)
const small = 'methods=saliency+ixg&count=4&scores=gini'

describe.skipIf(executablePath === undefined)(title, () => {
  let folder: string
  let server: PreviewServer
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchstone-playground-'))
    const build_ = { outDir: folder, emptyOutDir: true }
    await build({ root: import.meta.dirname, logLevel: 'error', build: build_ })
    server = await preview({ root: import.meta.dirname, logLevel: 'error', build: build_, preview: { port: 0, host: '127.0.0.1' } })
    browser = await chromium.launch({ executablePath: executablePath!, args })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  const open = async (address: string, by = browser): Promise<Page> => {
    const page = await by.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${server.resolvedUrls!.local[0]!}#${address}`)
    return page
  }
  const done = (page: Page) => page.waitForFunction(() => document.querySelector('#status')!.textContent.startsWith('Done'))
  const said = async (page: Page, text: string) => expect.poll(() => page.textContent('#problems'), { timeout: 20_000 }).toContain(text)
  /** The table as rows of texts. */
  const table = (page: Page) => page.$$eval('#table tbody tr', (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)))
  const slide = (page: Page, label: string, value: number) =>
    page.getByLabel(label).evaluate((input: HTMLInputElement, to) => {
      input.value = String(to)
      input.dispatchEvent(new Event('input', { bubbles: true }))
    }, value)

  test('explains a digit, without a complaint and accessibly', async () => {
    const page = await open(small)
    await done(page)
    const rows = await table(page)
    expect(rows.map(([method]) => method)).toEqual(['Saliency', 'Input x gradient'])
    for (const [, ...values] of rows) for (const value of values) expect(value).toMatch(/^\d\.\d{3}$/)
    expect(await page.locator('#prediction dt').first().textContent()).toBe('7')
    expect(await page.locator('.neighbours canvas').count()).toBe(3 * 4)
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
    const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string; impact: string }[] }> } }).axe.run())
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([])
    expect(complaints).toEqual([])
    await page.close()
  })

  test('k and w change the scores of LENS at once, delta makes other neighbours', async () => {
    const page = await open(small)
    await done(page)
    const [status, before] = [await page.textContent('#status'), await table(page)]
    await slide(page, 'w, pixels around each', 5)
    const recall = (rows: (string | null)[][]) => Number(rows[0]![3])
    await expect.poll(async () => recall(await table(page))).toBeGreaterThan(recall(before))
    await slide(page, 'k, strongest pixels', 400)
    await expect.poll(async () => (await table(page))[0]![2]).not.toBe(before[0]![2])
    // Nothing was computed anew.
    expect(await page.textContent('#status')).toBe(status)
    expect((await table(page)).map((row) => row[1])).toEqual(before.map((row) => row[1]))
    await slide(page, 'delta, as a share of the margin', 1)
    await expect.poll(async () => Number((await table(page))[0]?.[1]), { timeout: 20_000 }).toBeGreaterThan(Number(before[0]![1]))
    await page.close()
  })

  test('what is drawn stands in the address, from which another page shows the same', async () => {
    const page = await open(small)
    await done(page)
    await page.getByRole('button', { name: 'Clear' }).click()
    const pad = (await page.locator('.pad').boundingBox())!
    await page.mouse.move(pad.x + pad.width / 2, pad.y + 0.2 * pad.height)
    await page.mouse.down()
    await page.mouse.move(pad.x + pad.width / 2, pad.y + 0.8 * pad.height, { steps: 6 })
    await page.mouse.up()
    await expect.poll(() => page.locator('#prediction dt').first().textContent(), { timeout: 20_000 }).toBe('1')
    await done(page)
    const address = new URL(page.url()).hash.slice(1)
    expect(address).toContain('drawn=')
    const other = await open(address)
    await done(other)
    expect(await table(other)).toEqual(await table(page))
    await Promise.all([page.close(), other.close()])
  })

  // Its sums are rounded in another order, and a ReLU at its kink opens or shuts.
  test('WebGL gives the scores of wasm, but for rounding', async () => {
    const setting = `${small}&sampler=noise&comparisons=osr+spearman`
    const [wasm, webgl] = [await open(setting), await open(`${setting}&backend=webgl`)]
    await Promise.all([done(wasm), done(webgl)])
    expect(await webgl.textContent('#status')).toContain('tfjs-webgl')
    const [expected, found] = [await table(wasm), await table(webgl)]
    for (const [row, cells] of expected.entries()) for (const [column, cell] of cells.slice(1).entries()) expect(Math.abs(Number(found[row]![column + 1]) - Number(cell))).toBeLessThan(0.02)
    await Promise.all([wasm.close(), webgl.close()])
  })

  test('a model of one\'s own by its files, and what is none is told', async () => {
    const page = await open(`${small}&model=files`)
    await said(page, 'Choose the files of your model')
    const [json, weights] = await Promise.all(['well/model.json', 'well/weights.bin'].map((name) => readFile(new URL(name, models))))
    const files = (...names: readonly string[]) => names.map((name) => ({ name, mimeType: 'application/octet-stream', buffer: name === 'weights.bin' ? weights! : name === 'model.json' ? json! : Buffer.from('<b>no</b>') }))
    const input = page.getByLabel('model.json and its weight files')
    await input.setInputFiles(files('weights.bin'))
    await said(page, 'choose a model.json together with its weight files: found 0 files')
    await input.setInputFiles(files('<b>x<b>.json'))
    await said(page, '<b>x<b>.json cannot be read as a tfjs layers-model')
    await input.setInputFiles(files('model.json', 'weights.bin'))
    await done(page)
    expect(await page.textContent('#problems')).toBe('')
    await page.getByLabel('A picture of your own').setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('none') })
    await said(page, 'no.png cannot be read as a picture')
    await page.close()
  })

  test('a browser without vector instructions is told why it is slow, and goes on', async () => {
    const old = await chromium.launch({ executablePath: executablePath!, args: [...args, '--js-flags=--no-enable-sse4-1 --no-enable-ssse3 --no-enable-sse3 --no-enable-avx'] })
    const page = await open('methods=saliency&count=1&sampler=noise&comparisons=osr&scores=', old)
    await said(page, 'wasm could not start, so that this is slow: WebAssembly has no vector instructions (SIMD) here')
    await done(page)
    expect(await page.textContent('#status')).toContain('tfjs-cpu')
    await old.close()
  })

  test('a model that is not there, an address that means nothing, and a browser without WebGPU', async () => {
    const page = await open('model=https://127.0.0.1:9/model.json&methods=nothing+saliency&k=-3&drawn=%00&sampler=x')
    await said(page, 'cannot read https://127.0.0.1:9/model.json')
    expect(await page.getByLabel('Saliency').isChecked()).toBe(true)
    expect(await page.getByLabel('k, strongest pixels').inputValue()).toBe('60')
    await page.getByLabel('Computes').selectOption('webgpu')
    await said(page, 'WebGPU finds no graphics card here')
    await page.close()
  })
})
