import { resolve } from 'node:path'
import { compareRuns } from '@touchstone/evaluation'
import { readResults } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { comparisonText } from '../comparison-text.js'

/** `touchstone compare <runA> <runB>`. */
export function compareCommand(): Command {
  return new Command('compare')
    .summary('tell what changed between two runs')
    .description('Sets two runs side by side: first how config, versions, engine, models and dataset differ, then every mean that both hold under the same labels, with the difference over the examples that both evaluated, whether it is more than noise, and whether methods changed ranks.')
    .argument('<runA>', 'the folder of a run')
    .argument('<runB>', 'the folder of another')
    .option('--json', 'print JSON')
    .action(async (runA: string, runB: string, { json }: { readonly json?: boolean }) => {
      const [a, b] = [await readResults(resolve(runA)), await readResults(resolve(runB))]
      const comparison = compareRuns(a, b, [runA, runB])
      console.log(json ? JSON.stringify(comparison, null, 2) : comparisonText(comparison, runA, runB))
    })
}
