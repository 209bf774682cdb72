import type { Host } from '../host.js'
import type { Log } from '../services.js'

/** A config file with the plugins that it names, not checked otherwise. */
export interface OpenedConfig {
  /** The file's absolute path. */
  readonly file: string
  /** Where its relative paths start. */
  readonly folder: string
  readonly config: Readonly<Record<string, unknown>>
  /** Holds its plugins. */
  readonly host: Host
}

/** What a command can do without knowing where it runs. */
export interface CommandContext {
  readonly log: Log
  /** The current folder. */
  readonly folder: string
  /** Aborted when the person stops the command. */
  readonly signal: AbortSignal
  /** Reads a config in TypeScript, JavaScript or JSON, and loads its plugins. @throws UserError where it cannot. */
  readonly open: (path: string) => Promise<OpenedConfig>
  /** Writes a file whole or not at all, with the folders above it. @throws UserError where it cannot. */
  readonly write: (path: string, content: string | Uint8Array) => Promise<void>
}

/** A subcommand of `touchstone` that a plugin brings. */
export interface Command {
  /** @param args what follows the command's name. @returns the exit code. */
  readonly run: (args: readonly string[], context: CommandContext) => Promise<number>
}

export interface CommandTraits {
  /** As in `train <config>`. */
  readonly usage: string
}
