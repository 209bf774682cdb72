import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import type { RunRecord } from '@touchstone/evaluation'
import { readResults } from '@touchstone/evaluation/finished'
import { summaryText } from './summary-table.js'

interface ShowFlags {
  readonly json?: boolean
  readonly jsonEvents?: boolean
  readonly quiet?: boolean
}

/** Tells of a run that was finished before what its end told. */
export async function showFinished(folder: string, { json = false, jsonEvents = false, quiet = false }: ShowFlags): Promise<void> {
  if (json) await pipeline(createReadStream(join(folder, 'results.json')), process.stdout, { end: false })
  if (jsonEvents) console.log(JSON.stringify({ event: 'finished', time: new Date().toISOString(), out: folder, seconds: performance.now() / 1000, units: await keptUnits(folder) }))
  if (json || jsonEvents || quiet) return
  console.log(`\n${summaryText(await readResults(folder))}\n`)
  console.log(`finished before, from the same config, code, models and data; results in ${relative(process.cwd(), folder) || '.'}`)
  console.log(`report: ${pathToFileURL(join(folder, 'report.html')).href}`)
}

async function keptUnits(folder: string): Promise<RunRecord['units']> {
  const { units } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord
  return { kept: units.kept + units.computed, computed: 0 }
}
