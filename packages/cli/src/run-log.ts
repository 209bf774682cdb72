import { openSync, writeSync } from 'node:fs'

/** Lines with the time before them, in the log of a run. */
export type RunLog = (line: string) => void

/**
 * Opens a log file; each run begins a new one, at its first line after `begin`: a config that cannot be run leaves no log. Where it cannot be written, as on
 * a full disk, the run goes on without.
 */
export function openRunLog(file: string): { readonly write: RunLog; readonly begin: () => void } {
  let descriptor: number | undefined
  let begun = false
  const before: string[] = []
  const flush = (): void => {
    try {
      descriptor ??= openSync(file, 'w')
      writeSync(descriptor, before.splice(0).join(''))
    } catch {
      // The results matter more.
    }
  }
  return {
    write: (line) => {
      before.push(`${new Date().toISOString()} ${line}\n`)
      if (begun) flush()
    },
    begin: () => {
      begun = true
    },
  }
}
