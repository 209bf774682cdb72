// The pages of the documentation as they lie in the repository: their blocks of code, links and anchors.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every page by its path from the root: docs, and what stands beside packages and examples. */
export function pages() {
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...['docs', 'packages', 'plugins', 'examples', 'tools'].flatMap(markdownIn)].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function markdownIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return /^(node_modules|dist|templates|touchstone-runs?|\..*)$/.test(entry.name) ? [] : markdownIn(path)
      return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' ? [path] : []
    })
    .sort()
}

/**
 * The fenced blocks of a page. HTML comments right before one say how it is checked:
 * `not run: WHY`, `types only: WHY`, `file: NAME` (what the page calls it), `given: CODE` (what stands before it),
 * `beside: FILE CODE` (a file that it imports).
 */
export function blocksOf({ path, text }) {
  return [...text.matchAll(/^( *)(```+)([^\n]*)\n([^]*?)^ *\2 *$/gm)].map((match) => {
    const [, indent, , language, code] = match
    const said = /(?:<!--(?:(?!-->)[^])*-->\s*)*$/.exec(text.slice(0, match.index))[0]
    const directives = Object.fromEntries([...said.matchAll(/<!--\s*(not run|types only|file|given|beside):?\s*((?:(?!-->)[^])*?)\s*-->/g)].map(([, name, value]) => [name, value]))
    const plain = code.split('\n').map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
    return {
      page: path,
      line: text.slice(0, match.index).split('\n').length + 1,
      language: language.trim(),
      code: plain,
      notRun: directives['not run'],
      typesOnly: directives['types only'],
      file: directives.file ?? /^\/\/ (\S+\.config\.[tj]s)/.exec(plain)?.[1],
      given: directives.given,
      beside: directives.beside,
    }
  })
}

/** Text without its code and comments, line by line as it was. */
export function prose(text) {
  const blank = (match) => match.replace(/[^\n]/g, ' ')
  return text.replace(/^( *)(```+)[^\n]*\n[^]*?^ *\2 *$/gm, blank).replace(/<!--[^]*?-->/g, blank).replace(/`[^`\n]+`/g, blank)
}

/** Links and pictures: `{ target, line }`. */
export function linksOf({ text }) {
  // Code in the text of a link would hide it.
  const plain = prose(text.replace(/\[`([^`\]]+)`\]/g, '[ $1 ]'))
  return [...plain.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => ({ target: match[1], line: plain.slice(0, match.index).split('\n').length }))
}

/** The anchor of a heading, as GitHub makes it. */
export function slug(heading) {
  return heading.trim().toLowerCase().replace(/<[^>]*>/g, '').replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replace(/ /g, '-')
}

export function anchorsOf({ text }) {
  const seen = new Map()
  return [...text.replace(/^( *)(```+)[^\n]*\n[^]*?^ *\2 *$/gm, '').matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) => {
    const anchor = slug(heading.replace(/`/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\*\*?/g, ''))
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
}

/** A link within the repository as `{ file, anchor }`, from the root on; undefined for one that leads elsewhere. */
export function resolveLink(from, target) {
  if (/^[a-z]+:/i.test(target)) return undefined
  const [path, anchor] = target.split('#')
  const file = path === '' ? from : decodeURI(join(from, '..', path)).replace(/\/$/, '')
  const readme = file === '.' ? 'README.md' : `${file}/README.md`
  return { file: !file.endsWith('.md') && existsSync(join(root, readme)) ? readme : file, anchor }
}
