// The site in Chromium: every page that can be reached is opened; links, anchors, pictures and the console must be right, and nothing may be asked of another place.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

export async function checkSite(origin) {
  const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) throw new Error('no Chromium found: set CHROMIUM_PATH to check the site')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  const problems = []
  const anchors = new Map()
  const wanted = []
  const elsewhere = new Set()
  const seen = new Set(['/'])
  const queue = ['/']

  const visit = async (page, path) => {
    const response = await page.goto(`${origin}${path}`)
    if (!response.ok()) return
    // The page comes alive: what its scripts complain of is heard.
    await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__ !== undefined)
    const found = await page.evaluate(() => ({
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      links: [...document.querySelectorAll('a[href]')].map(({ href }) => href),
      broken: [...document.images].filter((image) => image.complete && image.naturalWidth === 0).map(({ src }) => src),
    }))
    anchors.set(path, new Set(found.ids))
    for (const picture of found.broken) problems.push(`${path}: the picture ${picture} is missing`)
    for (const link of found.links) {
      const { origin: site, pathname, hash } = new URL(link)
      if (site !== origin) {
        elsewhere.add(link)
        continue
      }
      const to = pathname.replace(/\/index\.html$/, '/')
      wanted.push({ path, to, hash: decodeURIComponent(hash.slice(1)) })
      if (seen.has(to)) continue
      seen.add(to)
      if (!/\.(?!html)\w+$/.test(to)) queue.push(to)
      else if (!(await page.request.get(link)).ok()) problems.push(`${path}: ${to} does not exist`)
    }
  }
  const worker = async () => {
    const page = await browser.newPage()
    let at
    page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && problems.push(`${at}: console: ${message.text()}`)))
    page.on('pageerror', (error) => problems.push(`${at}: ${error.message}`))
    page.on('request', (request) => void (!request.url().startsWith(origin) && !request.url().startsWith('data:') && problems.push(`${at} asks for ${request.url()}`)))
    page.on('response', (response) => void (response.status() >= 400 && problems.push(`${at}: ${response.url()} answers ${response.status()}; linked from ${wanted.filter(({ to }) => response.url() === `${origin}${to}`).map(({ path }) => path).slice(0, 3).join(', ')}`)))
    for (;;) {
      at = queue.shift()
      if (at === undefined) break
      await visit(page, at).catch((error) => problems.push(`${at}: ${error.message}`))
    }
    await page.close()
  }
  // The first page tells what there is; then two at a time.
  const first = await browser.newPage()
  await visit(first, queue.shift())
  await first.close()
  await Promise.all([worker(), worker()])
  await worker()
  const dead = new Map()
  for (const { path, to, hash } of wanted) if (hash !== '' && anchors.has(to) && !anchors.get(to).has(hash)) dead.set(`${to}#${hash}`, [...(dead.get(`${to}#${hash}`) ?? []), path])
  for (const [link, from] of dead) problems.push(`${link} leads to no anchor; linked from ${from[0]}${from.length > 1 ? ` and ${from.length - 1} more` : ''}`)
  await browser.close()
  return { pages: anchors.size, links: wanted.length, elsewhere: elsewhere.size, problems: [...new Set(problems)] }
}
