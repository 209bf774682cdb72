import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { UserError, type FileReader, type Job, type JobProgress, type JobReport, type Log } from '@touchstone/core'
import type { Piscina } from 'piscina'
import type { Call } from '../../running-job.js'
import { createSharedFiles } from '../shared-files.js'
import { joinReports } from './join-reports.js'
import { errorOf, type Answer, type Message } from './messages.js'

const seconds = 1000

/** How long a job that was asked to stop may take to finish what it is at, before its thread is ended. */
const grace = 5 * seconds

/** Threads whose engine uses more than this share of the memory that it can have are replaced: what a wasm heap has grown it never gives back. */
const worn = 0.6

/** What V8 may take for each thread's young objects, in megabytes; it would take 48. Most of what work leaves behind dies at once, and looking sooner cost no time that could be measured. */
const youngGenerationMb = 6

/** A job in which nothing was finished for too long. */
export class OverdueError extends UserError {
  /** The call of an extension that had begun last and did not end. */
  readonly call: Call | undefined

  constructor(message: string, call: Call | undefined) {
    super(message)
    this.call = call
  }
}

/** Threads that do the jobs of one work order, each with an engine of its own. */
export interface ThreadPool extends AsyncDisposable {
  /**
   * Does a job in a thread that is free, and keeps what it finds in the order's store. Where it hangs its thread is ended, and the job is done again, example by example and
   * without the call that hung: what depends on that is among the report's faults.
   * @throws OverdueError where it hung outside of all extensions that it could do without; UserError where the order cannot be opened here; the signal's reason where it was stopped.
   */
  readonly run: (job: Job, signal: AbortSignal, onProgress: (progress: JobProgress) => void, unitTimeout?: number) => Promise<JobReport>
}

interface ThreadPoolOptions {
  /** How many jobs run side by side; the others wait. */
  readonly threads: number
  /** How many cores each of them has for itself, to spread costly pieces of work over: 1 unless told. */
  readonly cores?: number
  /** A job in which nothing was finished for so many seconds is ended; 0, the default, for never. */
  readonly unitTimeout?: number
  /** Seconds after which a thread without a job ends and gives its memory back; never unless told. */
  readonly idle?: number
  /** Files that the threads need not read again. */
  readonly files?: FileReader
  readonly log: Log
}

/** Threads for the work of an order, which each of them opens with its first job. @param order what an evaluation gives its executor. */
export async function openThreads(order: Uint8Array, { threads, cores = 1, unitTimeout = 0, idle = Infinity, files = createSharedFiles(), log }: ThreadPoolOptions): Promise<ThreadPool> {
  // A run that finds all of its work done never needs it.
  const { Piscina } = await import('piscina')
  const open = (): Piscina =>
    new Piscina({
      filename: fileURLToPath(new URL('worker.js', import.meta.url)),
      workerData: { order, files: files.shared(), cores },
      minThreads: idle === Infinity ? threads : 0,
      maxThreads: threads,
      idleTimeout: idle * seconds,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    })
  let pool = open()
  let running = 0
  /** Settles when the threads that are worn out have been replaced. */
  let renewal: ReturnType<typeof deferred> | undefined

  const inThread = async (task: object, options: Parameters<Piscina['run']>[1]): Promise<Answer> => {
    while (renewal) await renewal.done
    running++
    try {
      const answer = (await pool.run(task, options)) as Answer
      if (answer.memory > worn) renewal ??= deferred()
      return answer
    } finally {
      running--
      if (running === 0 && renewal) {
        await pool.destroy()
        pool = open()
        renewal.finish()
        renewal = undefined
      }
    }
  }

  const attempt = async (job: Job, signal: AbortSignal, onProgress: (progress: JobProgress) => void, unitTimeout: number, skip: ReadonlyMap<Call, string>): Promise<JobReport> => {
    signal.throwIfAborted()
    const { port1: port, port2: theirs } = new MessageChannel()
    const kill = new AbortController()
    let overdue: OverdueError | undefined
    /** Calls that have not ended; the one that began last comes last. */
    const open = new Map<Call, number>()
    let timer: NodeJS.Timeout | undefined
    const watch = (): void => {
      clearTimeout(timer)
      if (unitTimeout === 0 || signal.aborted) return
      timer = setTimeout(() => {
        overdue = new OverdueError(`model "${job.model}", examples ${job.examples.map(({ id }) => id).join(', ')}: nothing was finished for ${unitTimeout} s, the job was ended`, [...open.keys()].at(-1))
        kill.abort()
      }, unitTimeout * seconds)
    }
    const stop = (): void => {
      port.postMessage('stop')
      clearTimeout(timer)
      timer = setTimeout(() => kill.abort(), grace)
    }
    // The answer may overtake what the thread said before.
    const said = deferred()
    port.on('message', (message: Message) => {
      if ('ended' in message) return said.finish()
      // Before, the thread waits for its turn, or loads models and data.
      if ('call' in message) {
        const { call, begins } = message
        const count = (open.get(call) ?? 0) + (begins ? 1 : -1)
        if (begins) open.delete(call)
        if (count > 0) open.set(call, count)
        else open.delete(call)
        return
      }
      if (!('begun' in message)) {
        if ('warning' in message) return log.warn(message.warning)
        onProgress(message.progress)
      }
      watch()
    })
    signal.addEventListener('abort', stop, { once: true })
    try {
      const answer = await inThread({ job, port: theirs, tellsCalls: unitTimeout > 0, skip }, { transferList: [theirs], signal: kill.signal })
      await said.done
      if ('failure' in answer) throw errorOf(answer.failure)
      return answer.report
    } catch (error) {
      if (overdue) throw overdue
      signal.throwIfAborted()
      throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      port.close()
    }
  }
  const run: ThreadPool['run'] = async (job, signal, onProgress, timeout = unitTimeout) => {
    const skip = new Map<Call, string>()
    for (;;) {
      try {
        return await attempt(job, signal, onProgress, timeout, skip)
      } catch (error) {
        if (!(error instanceof OverdueError)) throw error
        if (job.examples.length > 1) {
          // Whose call it was that hung shows where one example is left.
          const reports: JobReport[] = []
          for (const example of job.examples) reports.push(await run({ ...job, examples: [example] }, signal, onProgress, timeout))
          return joinReports(job, reports)
        }
        // Each round leaves out one call more, of which there is an end.
        if (error.call === undefined || skip.has(error.call)) throw error
        log.warn(`${error.message}; it is done again without ${error.call}`)
        skip.set(error.call, `hung: nothing was finished for ${timeout} s`)
      }
    }
  }
  return { run, [Symbol.asyncDispose]: () => pool.destroy() }
}

function deferred(): { readonly done: Promise<void>; readonly finish: () => void } {
  let finish: () => void
  const done = new Promise<void>((resolve) => (finish = resolve))
  return { done, finish: () => finish() }
}
