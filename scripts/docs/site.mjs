// npm run docs: the pages of the repository as a site in docs/.site/dist, checked in Chromium. With --serve it is then served.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vitepress'
import { apiPages } from './api.mjs'
import { checkSite } from './check-site.mjs'
import { linksOf, pages, prose, resolveLink, root } from './pages.mjs'
import { referencePages } from './reference.mjs'
import { serveSite } from './serve-site.mjs'
import { sidebar } from './sidebar.mjs'

const site = join(root, 'docs', '.site')
const from = join(site, 'src')
const to = join(site, 'dist')
const started = performance.now()

/** Sources that are shown as pages, by the ends of their names. */
const languages = { '.ts': 'ts', '.js': 'ts', '.mjs': 'ts', '.py': 'python' }

rmSync(site, { recursive: true, force: true })
mkdirSync(join(from, 'public'), { recursive: true })

// What is committed of the reference may be older than the plugins.
const reference = Object.fromEntries(Object.entries(referencePages()).map(([name, text]) => [`docs/reference/${name}`, text]))
const all = pages().map(({ path, text }) => ({ path, text: reference[path] ?? text }))
for (const page of all) write(placeOf(page.path), folded(withoutComments(linked(page))))
const api = apiPages()
for (const { name, text } of api) write(`api/${name}.md`, text)

mkdirSync(join(from, '.vitepress', 'theme'), { recursive: true })
cpSync(new URL('theme', import.meta.url), join(from, '.vitepress', 'theme'), { recursive: true })
const config = pathToFileURL(join(root, 'scripts/docs/vitepress-config.mjs')).href
writeFileSync(join(from, '.vitepress', 'config.mjs'), `import { configOf } from ${JSON.stringify(config)}\nexport default configOf(${JSON.stringify(sidebar(all.map(({ path }) => path), api, placeOf))})\n`)
await build(from, { outDir: to, logLevel: 'error' })

const built = performance.now()
const server = await serveSite(to)
const { pages: count, links, elsewhere, problems } = await checkSite(server.origin)
for (const problem of problems) console.error(problem)
console.log(`docs: ${count} pages, ${links} links within the site, ${elsewhere} elsewhere that were not followed, ${problems.length} problems; built in ${((built - started) / 1000).toFixed(0)} s and checked in ${((performance.now() - built) / 1000).toFixed(0)} s; docs/.site/dist`)
if (process.argv.includes('--serve')) console.log(`${server.origin}, until Ctrl-C`)
else {
  server.close()
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Where a page of the repository stands in the site. */
function placeOf(path) {
  if (path === 'docs/README.md') return 'index.md'
  if (path === 'README.md') return 'overview.md'
  if (path.startsWith('docs/')) return path.slice('docs/'.length)
  return path.toLowerCase().replace(/\/readme\.md$/, '.md')
}

function write(path, text) {
  mkdirSync(join(from, dirname(path)), { recursive: true })
  writeFileSync(join(from, path), text)
}

/** Its links as those of the site: pages by their place, pictures and data as files, sources as pages that show them. */
function linked({ path, text }) {
  const plain = prose(text.replace(/\[`([^`\]]+)`\]/g, '[ $1 ]'))
  let result = ''
  let end = 0
  for (const match of plain.matchAll(/\]\(([^()\s]+)\)/g)) {
    const start = match.index + 2
    const target = text.slice(start, start + match[1].length)
    result += text.slice(end, start) + addressOf(path, target)
    end = start + target.length
  }
  return result + text.slice(end)
}

function addressOf(path, target) {
  const found = resolveLink(path, target)
  if (!found) return target
  const { file, anchor } = found
  const hash = anchor === undefined ? '' : `#${anchor}`
  if (all.some((page) => page.path === file)) return `/${placeOf(file)}${hash}`
  const source = join(root, file)
  if (!existsSync(source)) throw new Error(`${path}: ${target} does not exist`)
  if (statSync(source).isDirectory()) throw new Error(`${path}: ${target} is a folder without a README.md`)
  const language = languages[extname(file)]
  if (language !== undefined) {
    write(`source/${file}.md`, `# ${file.split('/').at(-1)}\n\n\`${file}\`\n\n\`\`\`\`${language}\n${readFileSync(source, 'utf8')}\n\`\`\`\`\n`)
    return `/source/${file}.md`
  }
  const place = join(from, 'public', 'files', file)
  mkdirSync(dirname(place), { recursive: true })
  cpSync(source, place)
  return `/files/${file}`
}

/** What GitHub folds away by HTML, as the site has it. */
function folded(text) {
  return text.replace(/^<details><summary>(.*)<\/summary>$/gm, '::: details $1').replace(/^<\/details>$/gm, ':::')
}

/** HTML is shown as text, so comments go. */
function withoutComments(text) {
  return text.split(/(^ *```[^]*?^ *```)/m).map((part, index) => (index % 2 ? part : part.replace(/^ *<!--[^]*?-->\n?/gm, ''))).join('')
}
