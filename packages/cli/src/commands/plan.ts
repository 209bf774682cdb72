import { availableParallelism } from 'node:os'
import { openEvaluationFile } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { addEvaluationOptions, evaluationSettings, type EvaluationFlags } from '../evaluation-options.js'
import { planTable, planTotals } from '../plan-table.js'
import { consoleLog, silentLog } from '../log.js'

interface PlanFlags extends EvaluationFlags {
  readonly json?: boolean
}

/** `touchstone plan <config>`. */
export function planCommand(signal: AbortSignal): Command {
  const command = new Command('plan')
    .summary('show what a run would compute, and what it would cost')
    .description('Loads the models and chooses the examples of a config, and shows what a run of it would compute, what is there already, and about what that costs in model rows, time and disk. Computes none of it.')
    .argument('<config>', 'touchstone.config.ts, .js or .json')
    .option('--json', 'print the plan as JSON')
  return addEvaluationOptions(command).action(async (config: string, flags: PlanFlags) => {
    await using evaluation = await openEvaluationFile(config, { ...evaluationSettings(command, flags, signal), log: flags.quiet ? silentLog : consoleLog })
    const speed = await evaluation.measureSpeed()
    if (flags.json) {
      console.log(JSON.stringify({ format: 'touchstone-plan/1', ...evaluation.plan, totals: planTotals(evaluation.plan, speed, flags.threads ?? availableParallelism()) }, null, 2))
      return
    }
    console.log(planTable(evaluation.plan, speed, flags.threads ?? availableParallelism()))
  })
}
