import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command } from 'commander'
import { writeReport } from '../write-report.js'

/** `touchstone report <run>`. */
export function reportCommand(): Command {
  return new Command('report')
    .summary('write the report of a run again')
    .argument('<run>', 'the folder of a run')
    .option('--figures <folder>', 'write each of its figures there, too, as SVG and as PNG')
    .action(async (run: string, { figures }: { readonly figures?: string }) => {
      console.log(`report: ${pathToFileURL(await writeReport(resolve(run))).href}`)
      if (figures === undefined) return
      const { writeFigures } = await import('../write-figures.js')
      const count = await writeFigures(resolve(run), resolve(figures))
      console.log(`${count} figures, as SVG and PNG, in ${relative(process.cwd(), resolve(figures)) || '.'}`)
    })
}
