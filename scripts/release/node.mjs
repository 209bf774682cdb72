// The versions of Node on which the packages are tried.
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { run, toolsPath } from './tools.mjs'

const versions = { 20: '20.20.2', 24: '24.9.0' }

/** @returns for each version its `name` and the `path` under which its commands are found; `missing` names one that could not be had. */
export async function nodes(work) {
  const found = []
  for (const [major, version] of Object.entries(versions)) {
    const name = `Node ${major}`
    const folder = process.versions.node.startsWith(`${major}.`) ? dirname(process.execPath) : await download(version, join(work, `node-${major}`))
    found.push(folder === undefined ? { name, missing: true } : { name, path: [folder, toolsPath].join(delimiter) })
  }
  return found
}

/** npm has Node's binaries as packages, one per platform. */
async function download(version, folder) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  try {
    await run('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', `${platform}@${version}`], { cwd: folder })
  } catch {
    return undefined
  }
  return join(folder, 'node_modules', platform, 'bin')
}
