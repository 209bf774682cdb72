import { Command } from 'commander'
import { ownVersion } from './version.js'

/** Our subcommands; what each of them needs is loaded only where it is asked for. */
const own: Readonly<Record<string, (signal: AbortSignal) => Promise<Command>>> = {
  run: async (signal) => (await import('./commands/run.js')).runCommand(signal),
  plan: async (signal) => (await import('./commands/plan.js')).planCommand(signal),
  list: async (signal) => (await import('./commands/list.js')).listCommand(signal),
  report: async () => (await import('./commands/report.js')).reportCommand(),
  compare: async () => (await import('./commands/compare.js')).compareCommand(),
  init: async () => (await import('./commands/init.js')).initCommand(),
  store: async () => (await import('./commands/store.js')).storeCommand(),
  merge: async (signal) => (await import('./commands/merge.js')).mergeCommand(signal),
  conformance: async (signal) => (await import('./commands/conformance.js')).conformanceCommand(signal),
}

/** The command line: our subcommands, and those of installed plugins where none of ours was asked for. */
export async function createProgram(args: readonly string[], signal: AbortSignal): Promise<Command> {
  const program = new Command('touchstone')
    .description('Tells which feature-attribution method to trust for a neural network: how robust and how faithful each is.')
    .version(await ownVersion(), '-v, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
  // Options of a subcommand of a plugin are the plugin's.
  program.enablePositionalOptions()
  const asked = args.find((argument) => !argument.startsWith('-'))
  const isOwn = asked !== undefined && Object.hasOwn(own, asked)
  for (const make of isOwn ? [own[asked]!] : Object.values(own)) {
    const command = await make(signal)
    for (const one of [command, ...command.commands]) one.exitOverride()
    program.addCommand(command)
  }
  if (!isOwn && (asked !== undefined || args.includes('--help') || args.includes('-h') || args.length === 0)) await (await import('./plugin-commands.js')).addPluginCommands(program, signal)
  return program
}
