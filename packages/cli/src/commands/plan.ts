import { availableParallelism } from 'node:os'
import { openEvaluationFile } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { addEvaluationOptions, evaluationSettings, type EvaluationFlags } from '../evaluation-options.js'
import { pilotText, planTable, planTotals } from '../plan-table.js'
import { consoleLog, silentLog } from '../log.js'
import { progressDisplay } from '../progress-bar.js'

interface PlanFlags extends EvaluationFlags {
  readonly json?: boolean
  readonly pilot?: boolean
}

/** `touchstone plan <config>`. */
export function planCommand(signal: AbortSignal): Command {
  const command = new Command('plan')
    .summary('show what a run would compute, and what it would cost')
    .description('Loads the models and chooses the examples of a config, and shows what a run of it would compute, what is there already, and about what that costs in model rows, time and disk. Computes none of it, but for --pilot.')
    .argument('<config>', 'touchstone.config.ts, .js or .json')
    .option('--json', 'print the plan as JSON')
    .option('--pilot', 'compute a twentieth of it, which is kept, and tell how long the rest takes at that pace')
  return addEvaluationOptions(command).action(async (config: string, flags: PlanFlags) => {
    const threads = flags.threads ?? availableParallelism()
    const bar = flags.pilot && !flags.quiet ? await progressDisplay() : undefined
    await using evaluation = await openEvaluationFile(config, { ...evaluationSettings(command, flags, signal), log: flags.quiet ? silentLog : consoleLog, ...(bar && { onProgress: bar.update }) }).finally(() => bar?.end())
    const { plan } = evaluation
    const speed = await evaluation.measureSpeed()
    if (!flags.json) console.log(planTable(plan, speed, threads))
    const pilot = flags.pilot && plan.jobs.length > 0 ? await evaluation.pilot().finally(() => bar?.end()) : undefined
    if (flags.json) console.log(JSON.stringify({ format: 'touchstone-plan/1', ...plan, totals: planTotals(plan, speed, threads), ...(pilot && { pilot }) }, null, 2))
    else if (pilot) console.log(pilotText(pilot))
  })
}
