// A minor of core must not make a major of what has core as a peer, and the waiting changesets must give versions. Both are tried in a copy.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { counted, packages, root, run, Unfit } from './tools.mjs'

export async function versions({ work }) {
  const minor = await versioned(join(work, 'minor-of-core'), "---\n'@touchstone/core': minor\n---\n\nSomething new.\n")
  const raised = packages.filter(({ manifest }) => minor.get(manifest.name) !== manifest.version).map(({ manifest }) => manifest.name)
  if (raised.join() !== '@touchstone/core' || bump('@touchstone/core', minor) !== 'minor') throw new Unfit(`a minor of core gives ${[...minor].map(([name, version]) => `${name} ${version}`).join(', ')}; look at .changeset/config.json and at the peer ranges, which are workspace:^`)
  const waiting = await versioned(join(work, 'waiting-changesets'))
  return `a minor of core raises core alone; the waiting changesets make: ${counted(waiting.values())}`
}

/** The version of each package after `changeset version` with one changeset, or with those that wait. */
async function versioned(folder, changeset) {
  const git = (...args) => run('git', ['-c', 'user.name=release check', '-c', 'user.email=release@check.invalid', ...args], { cwd: folder })
  mkdirSync(join(folder, '.changeset'), { recursive: true })
  for (const file of ['package.json', 'pnpm-workspace.yaml', ...packages.map((each) => `${each.folder}/package.json`)]) cpSync(join(root, file), join(folder, file))
  if (changeset === undefined) cpSync(join(root, '.changeset'), join(folder, '.changeset'), { recursive: true })
  else {
    cpSync(join(root, '.changeset', 'config.json'), join(folder, '.changeset', 'config.json'))
    writeFileSync(join(folder, '.changeset', 'one.md'), changeset)
  }
  await git('init', '--quiet', '--initial-branch', 'main')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'before')
  await run(process.execPath, [join(root, 'node_modules', '@changesets', 'cli', 'bin.js'), 'version'], { cwd: folder })
  const result = new Map(packages.map((each) => JSON.parse(readFileSync(join(folder, each.folder, 'package.json'), 'utf8'))).map(({ name, version }) => [name, version]))
  rmSync(folder, { recursive: true })
  return result
}

function bump(name, after) {
  const [from, to] = [packages.find(({ manifest }) => manifest.name === name).manifest.version, after.get(name)].map((version) => version.split('.').map(Number))
  return to[0] > from[0] ? 'major' : to[1] > from[1] ? 'minor' : 'patch'
}
