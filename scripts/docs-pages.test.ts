import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { benches } from './docs/commands.mjs'
import { anchorsOf, linksOf, pages, resolveLink, root } from './docs/pages.mjs'
import { referencePages } from './docs/reference.mjs'

const all = pages()
const reference = referencePages()
const byPath = new Map(all.map((page) => [page.path, page]))

test('links lead to what is there, anchors too', () => {
  const problems = all.flatMap((page) =>
    linksOf(page).flatMap(({ target, line }) => {
      const found = resolveLink(page.path, target)
      if (!found) return []
      if (!existsSync(join(root, found.file))) return [`${page.path}:${line}: ${target} does not exist`]
      const to = byPath.get(found.file)
      return found.anchor !== undefined && to && !anchorsOf(to).includes(found.anchor) ? [`${page.path}:${line}: ${found.file} has no heading #${found.anchor}`] : []
    }),
  )
  expect(problems).toEqual([])
})

test('every page is on the map, or linked from one that is', () => {
  const reached = new Set(['docs/README.md', 'README.md', 'CONTRIBUTING.md'])
  for (const path of reached) for (const { target } of linksOf(byPath.get(path) ?? { path, text: '' })) reached.add(resolveLink(path, target)?.file ?? path)
  expect(all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([])
})

test('npm scripts and benchmarks that pages name are there', () => {
  const scriptsOf = (folder: string) => (existsSync(join(root, folder, 'package.json')) ? Object.keys(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts ?? {}) : [])
  const missing = all.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run ([\w:-]+)(?: -- ([a-z][\w-]*))?/g)].flatMap(([said, script, argument]) =>
      ![...scriptsOf('.'), ...scriptsOf(dirname(path)), ...scriptsOf(dirname(dirname(path)))].includes(script!) || (script === 'bench' && argument !== undefined && !benches.includes(argument)) ? [`${path}: ${said}`] : [],
    ),
  )
  expect(missing).toEqual([])
})

test('the reference is what the plugins say of themselves: npm run docs:reference writes it', () => {
  for (const [name, text] of Object.entries(reference)) expect(readFileSync(join(root, 'docs/reference', name), 'utf8'), `docs/reference/${name} is stale: npm run docs:reference`).toBe(text)
})

test('every extension has a place in the reference', () => {
  const text = Object.values(reference).join('\n')
  expect(text).toMatch(/^## robustness$/m)
  expect(text).toMatch(/^## integrated-gradients$/m)
  expect(text).toMatch(/^### bullmq$/m)
  for (const { path, text: page } of all) if (path.startsWith('docs/reference/')) expect(page, path).toContain('npm run docs:reference')
})
