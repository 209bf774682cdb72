import { availableParallelism } from 'node:os'
import { Base, defineExtension, Logger, option, UserError, type Executor, type FileReader, type Job, type JobReport, type Log, type Work } from '@touchstone/core'
import { numberFrom, wholeNumberFrom } from '../../schemas.js'
import { createSharedFiles } from '../shared-files.js'
import { openThreads, OverdueError } from './thread-pool.js'

/** Jobs side by side in threads of this process, each with an engine of its own. */
export const threads = defineExtension({
  kind: 'executor',
  name: 'threads',
  summary: 'Jobs side by side in threads of this process, each with an engine of its own',
  traits: { runsOn: 'threads of this process' },
  options: {
    threads: option(wholeNumberFrom(0, 1024), { summary: 'how many; 0 for as many as there are cores', default: 0 }),
    unitTimeout: option(numberFrom(0), { summary: 'where nothing was finished for so long, what hangs is ended and its units are undefined; 0 for never', default: 0, unit: 'seconds' }),
  },
  services: { log: Logger, base: Base },
  create: ({ threads, unitTimeout }, { log, base }): Executor => {
    const count = threads === 0 ? availableParallelism() : threads
    const files = base.files ?? createSharedFiles()
    return { parallel: count, execute: (jobs, work, signal) => execute(jobs, work, signal, { threads: count, unitTimeout, files, log }) }
  },
})

interface ThreadOptions {
  readonly threads: number
  readonly unitTimeout: number
  readonly files: FileReader
  readonly log: Log
}

async function* execute(jobs: readonly Job[], work: Work, signal: AbortSignal, { threads, unitTimeout, files, log }: ThreadOptions): AsyncGenerator<JobReport> {
  if ('here' in work.order) {
    log.warn(`executor "threads": jobs run one after the other in this thread, since ${work.order.here}${unitTimeout > 0 ? '; unitTimeout cannot end what hangs here' : ''}`)
    for (const job of jobs) yield await work.run(job, signal)
    return
  }
  const width = Math.min(threads, jobs.length)
  const overdue: OverdueError[] = []
  const failed = new AbortController()
  const stop = AbortSignal.any([signal, failed.signal])
  await using pool = await openThreads(work.order.bytes, { threads: width, cores: Math.floor(threads / width), unitTimeout, files, log })
  const attempt = async (job: Job): Promise<JobReport | undefined> => {
    try {
      return await pool.run(job, stop, work.onProgress)
    } catch (error) {
      if (error instanceof OverdueError) {
        // The others go on: what hangs costs itself alone.
        overdue.push(error)
        log.warn(error.message)
        return undefined
      }
      failed.abort(error)
      throw error
    }
  }
  try {
    for await (const report of asTheyEnd(jobs.map((job) => () => attempt(job)), width)) if (report) yield report
  } finally {
    failed.abort(new DOMException('the other jobs have ended', 'AbortError'))
  }
  if (overdue.length > 0) throw new UserError(`${overdue.length} of ${jobs.length} jobs hung and were ended, all else is done and kept: ${overdue[0]!.message}`)
}

/** Yields results in the order in which they come; at most `width` run at once. The first failure ends it, after those that run have ended. */
async function* asTheyEnd<T>(tasks: readonly (() => Promise<T>)[], width: number): AsyncGenerator<T> {
  const running = new Map<number, Promise<{ readonly index: number; readonly result: T }>>()
  let next = 0
  try {
    while (next < tasks.length || running.size > 0) {
      while (running.size < width && next < tasks.length) {
        const index = next++
        running.set(index, tasks[index]!().then((result) => ({ index, result })))
      }
      const { index, result } = await Promise.race(running.values())
      running.delete(index)
      yield result
    }
  } finally {
    await Promise.allSettled(running.values())
  }
}
