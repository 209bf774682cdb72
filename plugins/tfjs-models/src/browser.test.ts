import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { layers, openEngine, tf } from '@touchstone/tensor'
import { chromium, type Browser } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answer, type Answer } from './page.test.data.js'

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const title = executablePath === undefined ? 'in a browser (skipped: no Chromium found; set CHROMIUM_PATH to run)' : 'in a browser'

const fromTensor = createRequire(createRequire(import.meta.url).resolve('@touchstone/tensor'))
const types: Readonly<Record<string, string>> = { js: 'text/javascript', html: 'text/html', wasm: 'application/wasm' }

describe.skipIf(executablePath === undefined)(title, () => {
  const files = new Map<string, string | Uint8Array>([['/page.html', '<!doctype html><title>page</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>']])
  let server: Server
  let origin: string
  let browser: Browser

  beforeAll(async () => {
    await openEngine()
    const { conv2d, maxPooling2d, flatten, dense } = layers.layers
    const seeded = (seed: number) => layers.initializers.glorotUniform({ seed })
    const model = layers.sequential({
      layers: [conv2d({ inputShape: [12, 12, 2], filters: 8, kernelSize: 3, activation: 'relu', kernelInitializer: seeded(1) }), maxPooling2d({ poolSize: 2 }), flatten(), dense({ units: 3, activation: 'softmax', kernelInitializer: seeded(2) })],
    })
    await model.save(
      tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
        files.set('/model/model.json', JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] }))
        files.set('/model/weights.bin', new Uint8Array(weightData as ArrayBuffer))
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } })
      }),
    )
    for (const name of ['tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm']) files.set(`/wasm/${name}`, await readFile(fromTensor.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`)))
    const { output } = (await build({
      configFile: false,
      logLevel: 'error',
      root: fileURLToPath(new URL('..', import.meta.url)),
      build: { write: false, rolldownOptions: { input: fileURLToPath(new URL('page.test.data.ts', import.meta.url)), output: { entryFileNames: 'page.js' } } },
    })) as Rolldown.RolldownOutput
    for (const file of output) files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source)

    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://host')
      const found = files.get(pathname)
      // What makes a page isolated, so that it may share memory among threads.
      const isolated = searchParams.has('isolated') && { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': types[pathname.split('.').at(-1)!] ?? 'application/octet-stream', ...isolated })
      response.end(found)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath: executablePath!, args })
  })

  afterAll(async () => {
    await browser.close()
    server.close()
  })

  test.each([
    ['a page', '', false],
    ['an isolated page, which may share memory among threads', '?isolated', true],
  ])('a model from the web has the logits and gradients that it has in Node, to the last bit: %s', async (_name, query, isolated) => {
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${origin}/page.html${query}`)
    expect(await page.evaluate(() => globalThis.crossOriginIsolated)).toBe(isolated)
    const found = await page.evaluate(([url, wasm]) => (globalThis as unknown as { answer: typeof answer }).answer(url!, wasm), [`${origin}/model`, `${origin}/wasm/`])
    const expected: Answer = await answer(`${origin}/model`)
    expect(found).toEqual(expected)
    expect(found.gradient.some((value) => value !== 0)).toBe(true)
    expect(complaints).toEqual([])
    await page.close()
  })
})
