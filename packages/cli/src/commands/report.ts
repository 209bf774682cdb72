import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { writeReport } from '../write-report.js'

/** `touchstone report <run>`. */
export function reportCommand(): Command {
  return new Command('report')
    .summary('write the report of a run again')
    .argument('<run>', 'the folder of a run')
    .action(async (run: string) => {
      console.log(`report: ${pathToFileURL(await writeReport(resolve(run))).href}`)
    })
}
