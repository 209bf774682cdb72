import type { Log } from '../services.js'

/** A subcommand of `touchstone` that a plugin brings. */
export interface Command {
  /** @param args what follows the command's name. @returns the exit code. */
  readonly run: (args: readonly string[], context: { readonly log: Log; readonly folder: string; readonly signal: AbortSignal }) => Promise<number>
}

export interface CommandTraits {
  /** As in `train <config>`. */
  readonly usage: string
}
