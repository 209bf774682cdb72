import { resolve } from 'node:path'
import { isFinished } from '@touchstone/evaluation/finished'
import { Command } from 'commander'
import { addEvaluationOptions, evaluationSettings, type EvaluationFlags } from '../evaluation-options.js'
import { showFinished } from '../show-finished.js'
import { writerCode } from '../writer-code.js'

interface RunFlags extends EvaluationFlags {
  readonly out: string
  readonly json?: boolean
}

/** `touchstone run <config>`. */
export function runCommand(signal: AbortSignal): Command {
  const command = new Command('run')
    .summary('evaluate the methods of a config')
    .description(
      'Evaluates every model x example x attribution method x metric of a config, and writes results, maps and a report. What is computed is kept: a run that was stopped, by Ctrl-C, a budget or a crash, goes on from there when the same command is given again.',
    )
    .argument('<config>', 'touchstone.config.ts, .js or .json')
    .option('--out <folder>', 'where results.json, run.json, tables, maps, run.log and report.html go', 'touchstone-run')
    .option('--json', 'print results.json instead of a table')
  return addEvaluationOptions(command).action(async (config: string, flags: RunFlags) => {
    const folder = resolve(flags.out)
    const settings = evaluationSettings(command, flags, signal)
    if (!settings.shard && (await isFinished(folder, writerCode(), config, settings))) return showFinished(folder, flags)
    // Only now all that computes is loaded.
    const { runEvaluation } = await import('../run-evaluation.js')
    return runEvaluation(config, folder, flags, settings)
  })
}
