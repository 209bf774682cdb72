import { openSync, writeSync } from 'node:fs'

/** Lines with the time before them, in the log of a run. */
export type RunLog = (line: string) => void

/** Opens a log file; each run begins a new one. Where it cannot be written, as on a full disk, the run goes on without. */
export function openRunLog(file: string): RunLog {
  let descriptor: number | undefined
  return (line) => {
    try {
      descriptor ??= openSync(file, 'w')
      writeSync(descriptor, `${new Date().toISOString()} ${line}\n`)
    } catch {
      // The results matter more.
    }
  }
}
