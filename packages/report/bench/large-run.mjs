/*
 * The report of a large run: 1,000 inputs x 10 methods on 2 models, of numbers that are made up. How long it takes to write, how large it is, and how long a
 * browser takes to open it.
 *
 * node packages/report/bench/large-run.mjs (after a build; needs Chromium)
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { examplePages, examplesFolder, partsOf, renderReport } from '../dist/index.js'
import { madeUpRun } from '../dist/made-up-run.test.data.js'

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
const opens = 3

export async function bench() {
  const run = madeUpRun({ examples: 1000, attributers: Array.from({ length: 10 }, (_, index) => `method ${index}`), metrics: ['osr', 'fidelity', 'sensitivity', 'deletion'] })
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'))
  try {
    mkdirSync(join(folder, examplesFolder))
    let from = performance.now()
    const page = await renderReport(run, { pages: true })
    const writingPage = performance.now() - from
    writeFileSync(join(folder, 'report.html'), page)
    from = performance.now()
    let pages = 0
    let bytes = 0
    for await (const { name, text } of examplePages(run.results, partsOf(run))) {
      writeFileSync(join(folder, examplesFolder, name), text)
      pages++
      bytes += text.length
    }
    const writingBeside = performance.now() - from
    const figures = { pageMegabytes: page.length / 1e6, writingPage, pages, besideMegabytes: bytes / 1e6, writingBeside }
    if (executablePath === undefined) return figures
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    const open = async (name) => {
      let fastest = Infinity
      for (let round = 0; round < opens; round++) {
        const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } })
        const begun = performance.now()
        await tab.goto(pathToFileURL(join(folder, name)).href, { waitUntil: 'load' })
        // Until it is laid out and drawn.
        await tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
        fastest = Math.min(fastest, performance.now() - begun)
        await tab.close()
      }
      return fastest
    }
    try {
      return { ...figures, openingPage: await open('report.html'), openingBeside: await open(join(examplesFolder, '13.html')) }
    } finally {
      await browser.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function format({ pageMegabytes, writingPage, pages, besideMegabytes, writingBeside, openingPage, openingBeside }) {
  const seconds = (milliseconds) => (milliseconds === undefined ? 'no Chromium found' : `${(milliseconds / 1000).toFixed(2)} s`)
  return [
    `report of 1,000 inputs x 10 methods x 2 models: ${pageMegabytes.toFixed(1)} MB, written in ${seconds(writingPage)}, opened in ${seconds(openingPage)}`,
    `pages beside it: ${pages}, ${besideMegabytes.toFixed(1)} MB in all, written in ${seconds(writingBeside)}, one opened in ${seconds(openingBeside)}`,
  ].join('\n')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(format(await bench()))
