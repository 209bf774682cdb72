// What stands beside every page: the map of docs/README.md with everything below it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pages.mjs'

/** Groups of the map in its order, then packages, plugins, examples and their APIs. */
export function sidebar(paths, api, placeOf) {
  const address = (path) => `/${placeOf(path).replace(/\.md$/, '').replace(/^index$/, '')}`
  const map = readFileSync(join(root, 'docs/README.md'), 'utf8')
  const groups = map.split(/^## /m).slice(1).map((part) => ({
    text: part.split('\n')[0],
    items: [...part.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].filter(([, , target]) => !target.startsWith('..')).map(([, text, target]) => ({ text, link: address(`docs/${target}`) })),
  }))
  const folder = (text, start) => ({ text, collapsed: true, items: paths.filter((path) => path.startsWith(start) && path.split('/').length === 3).map((path) => ({ text: path.split('/')[1], link: address(path) })) })
  return [
    { text: 'Overview', link: address('README.md') },
    ...groups.filter(({ items }) => items.length > 0),
    folder('Packages', 'packages/'),
    folder('Plugins', 'plugins/'),
    folder('Examples', 'examples/'),
    { text: 'API', collapsed: true, items: api.map(({ name }) => ({ text: name, link: `/api/${name}` })) },
    { text: 'Project', collapsed: true, items: [{ text: 'Contributing', link: address('CONTRIBUTING.md') }, { text: 'Security', link: address('SECURITY.md') }] },
  ]
}
