import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '@touchstone/core'
import { Store } from '@touchstone/evaluation'
import { folderStorage, openEvaluationFile, prepareRunFolder } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { consoleLog } from '../log.js'
import { storeFolder } from '../store-folder.js'
import { summaryText } from '../summary-table.js'
import { writeRunAndReport } from '../write-report.js'

interface MergeFlags {
  readonly out: string
  readonly store: string
}

/** `touchstone merge <config> [stores...]`. */
export function mergeCommand(signal: AbortSignal): Command {
  return new Command('merge')
    .summary('gather the results of shards')
    .description('Takes what the shards of a run have computed, from their stores where they are not this one, and writes results, maps and a report as one run would have.')
    .argument('<config>', 'touchstone.config.ts, .js or .json, the one that the shards ran')
    .argument('[stores...]', 'the folders of other stores')
    .option('--out <folder>', 'where results.json, run.json, tables, maps and report.html go', 'touchstone-run')
    .option('--store <folder>', 'the store into which all are gathered', storeFolder)
    .action(async (config: string, stores: readonly string[], { out, store }: MergeFlags) => {
      const missing = stores.filter((folder) => !existsSync(folder))
      if (missing.length > 0) throw new UserError(`merge: ${missing.join(', ')}: there is no such folder; name the store of each shard, which is ${storeFolder} where the shard ran unless it was told --store`)
      const own = await Store.open(folderStorage(resolve(store)), consoleLog.warn)
      for (const folder of stores) {
        signal.throwIfAborted()
        const count = await own.merge(folderStorage(resolve(folder)))
        console.log(`${folder}: ${count} entries that were not here`)
      }
      const folder = resolve(out)
      const discardFolder = await prepareRunFolder(folder)
      let report: string
      try {
        await using evaluation = await openEvaluationFile(config, { signal, log: consoleLog, defaults: { store: { use: 'folder', options: { path: resolve(store) } } } })
        const left = evaluation.plan.units.reduce((sum, { units, kept }) => sum + units - kept, 0)
        if (left > 0) {
          const all = evaluation.plan.units.reduce((sum, { units }) => sum + units, 0)
          throw new UserError(`merge: ${left} of ${all} maps and scores are missing: run the shards that are not done, name their stores, or compute the rest here by touchstone run ${config}`)
        }
        const finished = await evaluation.run()
        report = await writeRunAndReport(folder, finished)
        console.log(`\n${summaryText(finished.overview)}\n`)
      } catch (error) {
        await discardFolder()
        throw error
      }
      console.log(`results in ${relative(process.cwd(), folder) || '.'}`)
      console.log(`report: ${pathToFileURL(report).href}`)
    })
}
