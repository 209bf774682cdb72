/*
 * Whether the packages are fit to publish: their versions, what they bring along, what they export and how large they are; then they are packed, looked at, and
 * used as a stranger would. Each step stands in scripts/release. Ends with 1 at the first thing that is not as it should be.
 *
 * node scripts/release-check.mjs [STEP...]    all steps, or those that are named with those that they go on from
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api } from './release/api.mjs'
import { licences } from './release/licences.mjs'
import { openRegistry } from './release/registry.mjs'
import { size } from './release/size.mjs'
import { tarballs } from './release/tarballs.mjs'
import { thirdParties } from './release/third-parties.mjs'
import { Unfit } from './release/tools.mjs'
import { tutorial } from './release/tutorial.mjs'
import { unused } from './release/unused.mjs'
import { versions } from './release/versions.mjs'
import { workflows } from './release/workflows.mjs'

/** Each for itself. */
const single = { workflows, versions, licences, unused, size, api }
/** Each goes on with what those before it have left in the context. */
const chain = { tarballs, registry, tutorial, 'third-parties': thirdParties }
const steps = { ...single, ...chain }

const named = process.argv.slice(2)
const unknown = named.filter((name) => !(name in steps))
if (unknown.length > 0) {
  console.error(`release check: there is no step ${unknown.join(', ')}; the steps are ${Object.keys(steps).join(', ')}`)
  process.exit(2)
}

const order = Object.keys(chain)
const last = Math.max(...named.map((name) => order.indexOf(name)))
const wanted = named.length === 0 ? Object.keys(steps) : Object.keys(steps).filter((name) => named.includes(name) || (name in chain && order.indexOf(name) <= last))

const work = mkdtempSync(join(tmpdir(), 'touchstone-release-'))
const context = { work, tarballs: join(work, 'tarballs') }
try {
  for (const name of wanted) {
    const from = performance.now()
    const told = await steps[name](context)
    console.log(`ok  ${name}: ${told} (${((performance.now() - from) / 1000).toFixed(0)} s)`)
  }
  rmSync(work, { recursive: true })
  console.log(named.length > 0 ? `release check: ${wanted.join(', ')} as it should be` : 'release check: all packages are fit to publish')
} catch (error) {
  console.error(`release check: ${error instanceof Unfit ? error.message : error.stack}\nthe files are in ${work}`)
  process.exitCode = 1
} finally {
  context.close?.()
}

/** Serves the tarballs to npm. */
async function registry(context) {
  const { env, close } = await openRegistry(context.tarballs)
  Object.assign(context, { registry: env, close })
  return 'npm finds the packed packages by their names'
}
