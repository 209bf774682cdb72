import './tight-memory.js'
import { isUserError, messageOf } from '@touchstone/core'
import { CommanderError } from 'commander'
import { ExitCode } from './exit-code.js'
import { createProgram } from './program.js'

const stop = new AbortController()
process.on('SIGINT', () => {
  // The second time, or where nothing listens, the person means it.
  if (stop.signal.aborted) process.exit(ExitCode.stopped)
  stop.abort(new DOMException('stopped', 'AbortError'))
})
process.on('SIGTERM', () => stop.abort(new DOMException('stopped', 'AbortError')))
// A reader that goes away (`touchstone list | head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? ExitCode.done : ExitCode.fault))

try {
  const program = await createProgram(process.argv.slice(2), stop.signal)
  await program.parseAsync(process.argv)
} catch (error) {
  process.exitCode = await report(error)
}

async function report(error: unknown): Promise<number> {
  if (stop.signal.aborted) {
    console.error('touchstone: stopped')
    return ExitCode.stopped
  }
  const { BudgetSpent } = await import('@touchstone/evaluation')
  if (error instanceof BudgetSpent) {
    console.error(`touchstone: ${error.message}`)
    return ExitCode.budgetSpent
  }
  // commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.userMistake
  if (isUserError(error)) {
    console.error(`touchstone: ${error.message}`)
    return ExitCode.userMistake
  }
  console.error('touchstone: this is a fault of Touchstone or of a plugin, not yours:')
  console.error(error instanceof Error ? error : messageOf(error))
  return ExitCode.fault
}
