import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { build, type Rolldown } from 'vite'
import { describe, expect, test } from 'vitest'
import type { gradients } from './webgl.test.data.js'

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
// WebGL without a graphics card.
const args = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const title = executablePath === undefined ? 'WebGL in a browser (skipped: no Chromium found; set CHROMIUM_PATH to run)' : 'WebGL in a browser'

describe.skipIf(executablePath === undefined)(title, () => {
  test('the gradient of max-pooling goes to the first of equal values, and padded means count the pixels that are there', async () => {
    const { output } = (await build({
      configFile: false,
      logLevel: 'error',
      root: import.meta.dirname,
      build: { write: false, target: 'es2023', chunkSizeWarningLimit: 4000, rolldownOptions: { input: join(import.meta.dirname, 'webgl.test.data.ts'), output: { codeSplitting: false } } },
    })) as Rolldown.RolldownOutput
    const browser = await chromium.launch({ executablePath: executablePath!, args })
    try {
      const page = await browser.newPage()
      await page.addScriptTag({ content: output[0].code, type: 'module' })
      await page.waitForFunction(() => 'gradients' in globalThis)
      const found = await page.evaluate(() => (globalThis as unknown as { gradients: typeof gradients }).gradients())
      expect(found).toEqual({
        engine: 'tfjs-webgl',
        // Windows 2 x 2 by strides 1: {1 1 1 0}, {1 1 0 2}, {1 0 2 0}, {0 2 0 3}, with weights 1 to 4.
        ties: [1, 0, 0, 0, 0, 2, 3, 0, 4],
        // Padded below and to the right: {1 1 1 0}, {1 2}, {2 0}, {3}.
        same: [1, 0, 0, 0, 0, 2, 3, 0, 4],
        dropped: [1, 0, 0, 0, 0, 0, 0, 0, 0],
        means: [0.25, 0.25, 1, 0.25, 0.25, 1, 1.5, 1.5, 4],
      })
    } finally {
      await browser.close()
    }
  })
})
