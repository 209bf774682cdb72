import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openEvaluationFile, prepareRunFolder, resultsJson, writeRun } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { consoleLog, silentLog } from '../log.js'
import { progressDisplay } from '../progress-bar.js'
import { defaultsOf, storeOption, type StoreOption } from '../store-option.js'
import { summaryTable } from '../summary-table.js'
import { writeReport } from '../write-report.js'

interface RunOptions extends StoreOption {
  readonly out: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** `touchstone run <config>`. */
export function runCommand(signal: AbortSignal): Command {
  return new Command('run')
    .summary('evaluate the methods of a config')
    .description('Evaluates every model x example x attribution method x metric of a config, and writes results, maps and a report. What is computed is kept: a run that was stopped goes on where it was.')
    .argument('<config>', 'touchstone.config.ts, .js or .json')
    .option('--out <folder>', 'where results.json, run.json, tables, maps and report.html go', 'touchstone-run')
    .addOption(storeOption())
    .option('--json', 'print results.json instead of a table')
    .option('--quiet', 'print nothing but errors')
    .action(async (config: string, { out, store, json, quiet }: RunOptions) => {
      const folder = resolve(out)
      const discardFolder = await prepareRunFolder(folder)
      const progress = quiet ? undefined : progressDisplay()
      let finished
      try {
        await using evaluation = await openEvaluationFile(config, { signal, log: quiet ? silentLog : consoleLog, defaults: defaultsOf(store), ...(progress && { onProgress: progress.update }) })
        finished = await evaluation.run()
        await writeRun(folder, finished)
      } catch (error) {
        await discardFolder()
        throw error
      } finally {
        progress?.end()
      }
      const report = await writeReport(folder)
      if (json) process.stdout.write(resultsJson(finished.results))
      if (json || quiet) return
      console.log(`\n${summaryTable(finished.results)}\n`)
      const { computed, kept } = finished.run.units
      console.log(`${finished.run.seconds.toFixed(1)} s, ${computed} maps and scores computed${kept > 0 ? `, ${kept} others were there` : ''}; results in ${relative(process.cwd(), folder) || '.'}`)
      console.log(`report: ${pathToFileURL(report).href}`)
    })
}
