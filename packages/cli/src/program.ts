import { Command } from 'commander'
import { compareCommand } from './commands/compare.js'
import { conformanceCommand } from './commands/conformance.js'
import { initCommand } from './commands/init.js'
import { listCommand } from './commands/list.js'
import { mergeCommand } from './commands/merge.js'
import { planCommand } from './commands/plan.js'
import { reportCommand } from './commands/report.js'
import { runCommand } from './commands/run.js'
import { storeCommand } from './commands/store.js'
import { addPluginCommands } from './plugin-commands.js'
import { ownVersion } from './version.js'

const own = [runCommand, planCommand, listCommand, reportCommand, compareCommand, initCommand, storeCommand, mergeCommand, conformanceCommand]

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
  for (const make of own) {
    const command = make(signal)
    for (const one of [command, ...command.commands]) one.exitOverride()
    program.addCommand(command)
  }
  const asked = args.find((argument) => !argument.startsWith('-'))
  const isOwn = asked !== undefined && program.commands.some((command) => command.name() === asked)
  if (!isOwn && (asked !== undefined || args.includes('--help') || args.includes('-h') || args.length === 0)) await addPluginCommands(program, signal)
  return program
}
