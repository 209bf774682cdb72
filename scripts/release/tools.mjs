// What the steps of the release check share.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a step throws where a package is not fit to publish. */
export class Unfit extends Error {}

/** The published packages: `{ folder, path, manifest }`, where `folder` is as in packages/core. */
export const packages = ['packages', 'plugins']
  .flatMap((group) => readdirSync(join(root, group)).sort().map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(join(root, folder, 'package.json')))
  .map((folder) => ({ folder, path: join(root, folder), manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) }))

/** The tools of the repository before those of the machine. */
export const toolsPath = [join(root, '.tools', 'bin'), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)

/**
 * Runs a command.
 * @param options `cwd`, further `env`, and `fails: true` where it has to end with an error.
 * @returns what it wrote, standard output and standard error after one another.
 */
export async function run(command, args, { cwd = root, env = {}, fails = false } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, PATH: toolsPath, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (chunk) => (text[stream] += chunk))
  const status = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Unfit(`could not start ${command}: ${error.message}`)))
    child.once('close', resolve)
  })
  if ((status !== 0) !== fails) throw new Unfit(`"${[command, ...args].join(' ')}" in ${cwd} ended with ${status}\n${text.stdout}${text.stderr}`)
  return { out: text.stdout, all: text.stdout + text.stderr }
}

/** Maps a list, `width` elements side by side. */
export async function sideBySide(list, width, work) {
  const left = [...list.entries()]
  const results = []
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await work(next[1])
    }),
  )
  return results
}

/** A table of counts as text: "a 2, b 1". */
export function counted(values) {
  const counts = new Map()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, count]) => `${value} ${count}`).join(', ')
}
