// The licences of all that the published packages bring along, and whether any of it wants to run something when it is installed.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { counted, packages, run, Unfit } from './tools.mjs'

/** Ask nothing but that they be named. */
const free = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'Python-2.0', 'Unlicense'])

/** Others, package by package, with the reason why they may be here. */
const exceptions = [
  // Its own files stay under the MPL, and are used as they come; it asks nothing of the code beside it.
  { name: /^@resvg\/resvg-js/, licence: 'MPL-2.0' },
]

/** Dependencies with an install script that does no more than find a file which npm has already brought; without it they work, too. */
const withScript = ['msgpackr-extract']

export async function licences() {
  const filter = ['--filter', './packages/*', '--filter', './plugins/*']
  const { out } = await run('pnpm', [...filter, 'licenses', 'list', '--json', '--prod'])
  const brought = Object.entries(JSON.parse(out)).flatMap(([licence, entries]) => entries.map((entry) => ({ ...entry, licence })))
  const beside = peers()
  const all = [...brought, ...beside]
  const refused = all.filter(({ name, licence }) => !permitted(licence) && !exceptions.some((each) => each.name.test(name) && each.licence === licence))
  if (refused.length > 0) throw new Unfit(`licences that are not on the list of scripts/release/licences.mjs: ${refused.map(({ name, licence }) => `${name} (${licence})`).join(', ')}`)
  const scripts = brought.filter(({ paths }) => paths.some(runsSomething)).map(({ name }) => name)
  const unknown = scripts.filter((name) => !withScript.includes(name))
  if (unknown.length > 0) throw new Unfit(`${unknown.join(', ')} would run something when installed: see whether it works without, and say so in scripts/release/licences.mjs, or do without it`)
  for (const { folder, manifest } of packages)
    for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) if (manifest.scripts?.[hook]) throw new Unfit(`${folder} has a script ${hook}: packages of Touchstone run nothing when they are installed`)
  return `${all.length} dependencies: ${counted(all.map(({ licence }) => licence))}; install scripts: none of ours; of dependencies ${scripts.join(', ') || 'none'}, not needed; of what users may install beside them ${beside.filter(({ path }) => runsSomething(path)).map(({ name }) => name).join(', ') || 'none'}`
}

/** A licence expression: one of what OR joins, all of what AND joins. */
function permitted(expression) {
  return expression.replace(/^\((.*)\)$/, '$1').split(' OR ').some((choice) => choice.split(' AND ').every((part) => free.has(part.trim())))
}

/** What packages have as peers and users install beside them, such as native engines. */
function peers() {
  const found = new Map()
  for (const { path, manifest } of packages)
    for (const name of Object.keys(manifest.peerDependencies ?? {})) {
      const folder = join(path, 'node_modules', name)
      if (!name.startsWith('@touchstone/') && existsSync(folder)) found.set(name, { name, path: folder, licence: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).license })
    }
  return [...found.values()]
}

/** Whether npm would run a script of the package in this folder. */
function runsSomething(folder) {
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return ['preinstall', 'install', 'postinstall'].some((hook) => hook in scripts) || existsSync(join(folder, 'binding.gyp'))
}
