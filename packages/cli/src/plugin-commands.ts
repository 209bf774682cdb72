import { Host, type CommandTraits, type Kind, type OpenedConfig } from '@touchstone/core'
import { installedPlugins, loadConfig, loadPlugins, writeInPlace } from '@touchstone/evaluation/node'
import type { Command } from 'commander'
import { consoleLog } from './log.js'
import { tightenMemory } from './tight-memory.js'

/** Adds the subcommands that plugins of the nearest package.json bring. */
export async function addPluginCommands(program: Command, signal: AbortSignal): Promise<void> {
  const folder = process.cwd()
  const host = new Host(await installedPlugins(folder, consoleLog.warn))
  for (const { value, plugin } of host.registry.all()) {
    if (value.kind !== ('command' satisfies Kind) || !('traits' in value)) continue
    if (program.commands.some((command) => command.name() === value.name)) {
      consoleLog.warn(`${plugin.name} brings a command "${value.name}", which is one of ours: it is left out`)
      continue
    }
    program
      .command(value.name)
      .summary(value.summary)
      .usage((value.traits as CommandTraits).usage.replace(/^\S+\s*/, ''))
      .allowUnknownOption()
      .passThroughOptions()
      .argument('[args...]')
      .action(async (args: string[]) => {
        // A worker's are long.
        tightenMemory()
        const resolved = host.resolver().resolve('command', value.name, [])!
        await using scope = host.open()
        const command = await scope.create({ ...resolved, kind: 'command' })
        process.exitCode = await command.run(args, { log: consoleLog, folder, signal, open, write: writeInPlace })
      })
  }
}

/** Plugins are looked up from the config's folder, then from the current one. */
async function open(path: string): Promise<OpenedConfig> {
  const { file, folder, config } = await loadConfig(path)
  return { file, folder, config: { ...config }, host: new Host(await loadPlugins(config.plugins, [folder, process.cwd()], path)) }
}
