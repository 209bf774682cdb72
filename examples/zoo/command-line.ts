import { parseArgs, type ParseArgsConfig } from 'node:util'
import { messageOf } from '@touchstone/core'

/** What a script was told: options, and names without one. A mistake ends it with a message. */
export function commandLine<T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    return fail(messageOf(error))
  }
}

/** Ends a script for a mistake in what was asked for. */
export function fail(message: string): never {
  console.error(message)
  process.exit(2)
}
