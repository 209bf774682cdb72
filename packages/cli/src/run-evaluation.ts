import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openEvaluationFile, prepareRunFolder, resultsPieces } from '@touchstone/evaluation/node'
import { BudgetSpent, type FinishedEvaluation, type RunRecord } from '@touchstone/evaluation'
import type { EvaluationFlags, Settings } from './evaluation-options.js'
import { ExitCode } from './exit-code.js'
import { consoleLog } from './log.js'
import { runDisplay } from './run-display.js'
import { openRunLog } from './run-log.js'
import { summaryText } from './summary-table.js'
import { makeRoomForThreads, tightenMemory } from './tight-memory.js'
import { writeRunAndReport } from './write-report.js'

/** Evaluates a config, writes what was found to a folder, and tells of it. */
export async function runEvaluation(config: string, folder: string, flags: EvaluationFlags & { readonly json?: boolean }, settings: Settings): Promise<void> {
  const { signal } = settings
  tightenMemory()
  const discardFolder = await prepareRunFolder(folder)
  const log = openRunLog(join(folder, 'run.log'))
  const display = await runDisplay(flags, log.write)
  let finished: FinishedEvaluation | undefined
  let report: string
  try {
    await using evaluation = await openEvaluationFile(config, { ...settings, ...display.options })
    if (evaluation.parallel > 1) makeRoomForThreads()
    log.begin()
    display.planned(evaluation.plan)
    if (settings.shard) {
      const run = await evaluation.compute()
      if (hasLostUnits(run)) process.exitCode = ExitCode.faulty
      const { index, of } = settings.shard
      display.finished({ shard: flags.shard, seconds: run.seconds, units: run.units })
      if (!flags.quiet && !flags.jsonEvents) console.log(`shard ${index} of ${of}: ${run.units.computed} maps and scores computed in ${run.seconds.toFixed(1)} s; when all shards are done: touchstone merge ${config}, with their stores where they are not this one`)
      return
    }
    finished = await evaluation.run()
    // What was not as it should be is tried, or told, again.
    const isClean = finished.run.faults === undefined && finished.run.warnings.length === 0
    report = await writeRunAndReport(folder, finished, isClean ? evaluation.sources() : undefined)
    if (hasLostUnits(finished.run)) process.exitCode = ExitCode.faulty
    if (flags.json) for await (const piece of resultsPieces({ ...finished.overview, rows: finished.rows(), diagnostics: finished.diagnostics() })) process.stdout.write(piece)
    display.finished({ out: folder, seconds: finished.run.seconds, units: finished.run.units })
  } catch (error) {
    display.failed(error)
    await discardFolder()
    if ((signal.aborted || error instanceof BudgetSpent) && !flags.quiet) consoleLog.info('what was finished is kept: the same command goes on from there')
    throw error
  } finally {
    display.end()
  }
  if (flags.json || flags.quiet || flags.jsonEvents) return
  console.log(`\n${summaryText(finished.overview)}\n`)
  console.log(`${secondsAndUnits(finished)}; results in ${relative(process.cwd(), folder) || '.'}`)
  console.log(`report: ${pathToFileURL(report).href}`)
}

/** What is left over costs memory, no results. */
function hasLostUnits({ faults = [] }: RunRecord): boolean {
  return faults.some(({ units }) => units > 0)
}

function secondsAndUnits({ run: { seconds, units } }: FinishedEvaluation): string {
  return `${seconds.toFixed(1)} s, ${units.computed} maps and scores computed${units.kept > 0 ? `, ${units.kept} were there` : ''}`
}
