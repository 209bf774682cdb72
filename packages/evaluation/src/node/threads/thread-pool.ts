import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { UserError, type Job, type JobProgress, type JobReport, type Log } from '@touchstone/core'
import { Piscina } from 'piscina'
import { errorOf, type Answer, type Message } from './messages.js'

const seconds = 1000

/** How long a job that was asked to stop may take to finish what it is at, before its thread is ended. */
const grace = 5 * seconds

/** A job that hung. */
export class OverdueError extends UserError {}

interface ThreadPoolOptions {
  /** How many jobs run side by side; the others wait. */
  readonly threads: number
  /** A job in which nothing was finished for so many seconds is ended; 0, the default, for never. */
  readonly unitTimeout?: number
  /** Seconds after which a thread without a job ends and gives its memory back; never unless told. */
  readonly idle?: number
  readonly log: Log
}

/** Threads of this process that do the jobs of one order, each with an engine of its own. */
export interface ThreadPool extends AsyncDisposable {
  /**
   * Does a job in a thread of its own and keeps what it finds in the order's store. This thread stays free meanwhile.
   * @throws OverdueError where it hung; UserError where the order cannot be opened here; the signal's reason where it was stopped.
   */
  readonly run: (job: Job, signal: AbortSignal, onProgress: (progress: JobProgress) => void) => Promise<JobReport>
}

/** Threads for the work of an order, which each of them opens with its first job. @param order what an evaluation gives its executor. */
export function openThreads(order: Uint8Array, { threads, unitTimeout = 0, idle = Infinity, log }: ThreadPoolOptions): ThreadPool {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('worker.js', import.meta.url)),
    workerData: { order },
    minThreads: idle === Infinity ? threads : 0,
    maxThreads: threads,
    idleTimeout: idle * seconds,
  })
  return {
    run: (job, signal, onProgress) => runInThread(pool, job, signal, onProgress, unitTimeout, log),
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

async function runInThread(pool: Piscina, job: Job, signal: AbortSignal, onProgress: (progress: JobProgress) => void, unitTimeout: number, log: Log): Promise<JobReport> {
  signal.throwIfAborted()
  const { port1: port, port2: theirs } = new MessageChannel()
  const kill = new AbortController()
  let overdue: OverdueError | undefined
  let timer: NodeJS.Timeout | undefined
  const watch = (): void => {
    clearTimeout(timer)
    if (unitTimeout === 0) return
    timer = setTimeout(() => {
      overdue = new OverdueError(`model "${job.model}", examples ${job.examples.map(({ id }) => id).join(', ')}: nothing was finished for ${unitTimeout} s, the job was ended`)
      kill.abort()
    }, unitTimeout * seconds)
  }
  const stop = (): void => {
    port.postMessage('stop')
    clearTimeout(timer)
    timer = setTimeout(() => kill.abort(), grace)
  }
  port.on('message', (message: Message) => {
    if ('warning' in message) return log.warn(message.warning)
    onProgress(message.progress)
    watch()
  })
  signal.addEventListener('abort', stop, { once: true })
  watch()
  try {
    const answer = (await pool.run({ job, port: theirs }, { transferList: [theirs], signal: kill.signal })) as Answer
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
