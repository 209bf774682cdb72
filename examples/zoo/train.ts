/*
 * Trains networks of the zoo by their recipes, one after the other; one that was stopped goes on where it was.
 *
 *   npm run train -- --data FOLDER [--backend NAME] [recipe ...]
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '@touchstone/core'
import { commandLine, fail } from './command-line.js'
import { prepareData } from './prepare.js'
import { modelPath, recipes } from './recipes.js'

const { values, positionals } = commandLine({ data: { type: 'string', default: 'data' }, backend: { type: 'string' } })
const unknown = positionals.filter((name) => !(name in recipes))
if (unknown.length > 0) fail(`there is no recipe ${unknown.join(', ')}: choose from ${Object.keys(recipes).join(', ')}`)
const chosen = positionals.length > 0 ? positionals : Object.keys(recipes)
const needsData = chosen.some((name) => recipes[name]!.data !== 'mnist')
const folder = needsData ? await prepareData(values.data, join(import.meta.dirname, 'data')).catch((error: unknown) => fail(messageOf(error))) : values.data
const env = { ...process.env, ZOO_DATA: folder, ...(values.backend && { ZOO_BACKEND: values.backend }) }
const command = join(import.meta.dirname, 'node_modules', '.bin', 'touchstone')
for (const name of chosen) {
  if (existsSync(join(import.meta.dirname, modelPath(name), 'model.json')) && positionals.length === 0) continue
  console.error(`${name}:`)
  const started = performance.now()
  const code = await new Promise<number | null>((done) => spawn(command, ['train', 'train.config.ts'], { cwd: import.meta.dirname, stdio: 'inherit', env: { ...env, ZOO_MODEL: name } }).on('close', done))
  if (code !== 0) process.exit(code ?? 1)
  console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
}
