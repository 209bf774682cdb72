import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { evaluateFile, prepareRunFolder, resultsJson, writeRun } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { consoleLog, silentLog } from '../log.js'
import { progressDisplay } from '../progress-bar.js'
import { summaryTable } from '../summary-table.js'
import { writeReport } from '../write-report.js'

interface RunOptions {
  readonly out: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** `touchstone run <config>`. */
export function runCommand(signal: AbortSignal): Command {
  return new Command('run')
    .summary('evaluate the methods of a config')
    .description('Evaluates every model x example x attribution method x metric of a config, and writes results, maps and a report.')
    .argument('<config>', 'touchstone.config.ts, .js or .json')
    .option('--out <folder>', 'where results.json, run.json, tables, maps and report.html go', 'touchstone-run')
    .option('--json', 'print results.json instead of a table')
    .option('--quiet', 'print nothing but errors')
    .action(async (config: string, { out, json, quiet }: RunOptions) => {
      const folder = resolve(out)
      const discardFolder = await prepareRunFolder(folder)
      const progress = quiet ? undefined : progressDisplay()
      let evaluation
      try {
        evaluation = await evaluateFile(config, { signal, log: quiet ? silentLog : consoleLog, ...(progress && { onProgress: progress.update }) })
      } catch (error) {
        await discardFolder()
        throw error
      } finally {
        progress?.end()
      }
      await writeRun(folder, evaluation)
      const report = await writeReport(folder)
      if (json) process.stdout.write(resultsJson(evaluation.results))
      if (json || quiet) return
      console.log(`\n${summaryTable(evaluation.results)}\n`)
      console.log(`${evaluation.run.seconds.toFixed(1)} s; results in ${relative(process.cwd(), folder) || '.'}`)
      console.log(`report: ${pathToFileURL(report).href}`)
    })
}
