import { resolve } from 'node:path'
import { suggestion, UserError } from '@touchstone/core'
import type { EvaluateOptions, EvaluationConfig, Shard } from '@touchstone/evaluation'
import { InvalidArgumentError, type Command } from 'commander'
import { storeFolder } from './store-folder.js'

/** What the commands that evaluate a config share. */
export interface EvaluationFlags {
  readonly store: string
  readonly executor?: string
  readonly backend?: string
  readonly threads?: number
  readonly unitTimeout?: number
  readonly shard?: string
  readonly maxTime?: number
  readonly maxRows?: number
  readonly resume?: boolean
  readonly quiet?: boolean
  readonly jsonEvents?: boolean
}

export function addEvaluationOptions(command: Command): Command {
  return command
    .option('--store <folder>', 'where what is computed is kept, from run to run, unless the config names a store', storeFolder)
    .option('--executor <name>', 'where jobs run: inline, threads (as the config says, else this), or that of a plugin; its options follow as --name value')
    .option('--backend <name>', 'what computes: wasm, cpu, that of an installed plugin, or auto, the fastest that starts; as the config says, else auto')
    .option('--threads <n>', 'how many threads; as many as there are cores unless told', positive)
    .option('--unit-timeout <seconds>', 'end what hangs, where nothing was finished for so long; in threads and on workers, inline cannot', positive)
    .option('--shard <i/n>', 'compute the i-th of n parts, on this machine among others')
    .option('--max-time <seconds>', 'end in order after so many seconds of computing', positive)
    .option('--max-rows <n>', 'end in order after so many model rows', positive)
    .option('--resume', 'go on with what an earlier run left, as happens without it as well')
    .option('--quiet', 'print nothing but errors')
    .option('--json-events', 'print what happens as lines of JSON, for machines')
    .allowUnknownOption()
    .allowExcessArguments()
}

/** What a command line asks of an evaluation. */
export type Settings = Pick<EvaluateOptions, 'budget'> & { readonly signal: AbortSignal; readonly shard?: Shard; readonly defaults: Pick<EvaluationConfig, 'executor' | 'store'>; readonly overrides: Pick<EvaluationConfig, 'executor' | 'backend'> }

/** What the flags of a command line mean. @throws UserError for those that mean nothing. */
export function evaluationSettings(command: Command, flags: EvaluationFlags, signal: AbortSignal): Settings {
  const { store, executor, backend, threads, unitTimeout, shard, maxTime, maxRows } = flags
  if (unitTimeout !== undefined && executor === 'inline') throw new UserError('--unit-timeout: the executor inline does all in this thread, and cannot end what hangs in it: leave it out, or use --executor threads')
  const further = furtherOptions(command, executor)
  const options = { ...(threads !== undefined && { threads }), ...(unitTimeout !== undefined && { unitTimeout }), ...further }
  const told = executor !== undefined || Object.keys(options).length > 0
  return {
    signal,
    ...(shard !== undefined && { shard: parseShard(shard) }),
    ...((maxTime !== undefined || maxRows !== undefined) && { budget: { ...(maxTime !== undefined && { seconds: maxTime }), ...(maxRows !== undefined && { rows: maxRows }) } }),
    // What a config that says nothing of it gets on the command line: all cores, and a store that outlives the run.
    defaults: { executor: 'threads', store: { use: 'folder', options: { path: resolve(store) } } },
    overrides: { ...(told && { executor: { use: executor ?? 'threads', options } }), ...(backend !== undefined && { backend }) },
  }
}

/** Options that are not ours are the executor's, where one is named: `--executor bullmq --redis URL`. */
function furtherOptions(command: Command, executor: string | undefined): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {}
  const [, ...rest] = command.args
  for (let at = 0; at < rest.length; at++) {
    const argument = rest[at]!
    const [, name, given] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(argument) ?? []
    if (name === undefined || executor === undefined) {
      const near = name === undefined ? '' : suggestion(name, command.options.map((option) => option.name()))
      throw new UserError(`unknown ${argument.startsWith('-') ? 'option' : 'argument'} ${argument}${near}; see touchstone ${command.name()} --help`)
    }
    const next = rest[at + 1]
    const value = given ?? (next === undefined || next.startsWith('--') ? true : (at++, next))
    options[name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())] = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
  }
  return options
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('expected a number above 0.')
  return value
}

function parseShard(text: string): Shard {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (index === undefined || Number(index) < 1 || Number(index) > Number(of)) throw new UserError(`--shard: expected i/n with i from 1 to n, such as 2/8, found "${text}"`)
  return { index: Number(index), of: Number(of) }
}
