import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { UserError, type FileReader, type Job, type JobProgress, type JobReport } from '@touchstone/core'
import { Piscina } from 'piscina'
import { errorOf, type Answer, type Message } from './messages.js'

const seconds = 1000

/** How long a job that was asked to stop may take to finish what it is at, before its thread is ended. */
const grace = 5 * seconds

/** Threads whose engine uses more than this share of the memory that it can have are replaced: what a wasm heap has grown it never gives back. */
const worn = 0.6

/** A job in which nothing was finished for too long. */
export class OverdueError extends UserError {}

/** Threads that do the jobs of one work order, each with an engine of its own. */
export interface ThreadPool extends AsyncDisposable {
  /**
   * Does a job in a thread that is free.
   * @param unitTimeout seconds after which a job in which nothing was finished is ended; 0 for never.
   * @throws the signal's reason where it was stopped, an OverdueError where it hung, else what went wrong.
   */
  readonly run: (job: Job, options: { readonly signal: AbortSignal; readonly unitTimeout?: number; readonly onProgress: (progress: JobProgress) => void }) => Promise<JobReport>
}

/** @param order what an evaluation gives its executor. */
export function openThreadPool(order: Uint8Array, threads: number, files: FileReader, warn: (message: string) => void): ThreadPool {
  const open = (): Piscina =>
    new Piscina({ filename: fileURLToPath(new URL('worker.js', import.meta.url)), workerData: { order, files: files.shared() }, minThreads: threads, maxThreads: threads, idleTimeout: Infinity })
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

  const run: ThreadPool['run'] = async (job, { signal, unitTimeout = 0, onProgress }) => {
    signal.throwIfAborted()
    const { port1: port, port2: theirs } = new MessageChannel()
    const kill = new AbortController()
    let overdue: OverdueError | undefined
    let timer: NodeJS.Timeout | undefined
    const watch = (): void => {
      clearTimeout(timer)
      if (unitTimeout === 0 || signal.aborted) return
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
      // Before, the thread waits for its turn, or loads models and data.
      if (!('begun' in message)) {
        if ('warning' in message) return warn(message.warning)
        onProgress(message.progress)
      }
      watch()
    })
    signal.addEventListener('abort', stop, { once: true })
    try {
      const answer = await inThread({ job, port: theirs }, { transferList: [theirs], signal: kill.signal })
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
  return { run, [Symbol.asyncDispose]: () => pool.destroy() }
}

function deferred(): { readonly done: Promise<void>; readonly finish: () => void } {
  let finish: () => void
  const done = new Promise<void>((resolve) => (finish = resolve))
  return { done, finish: () => finish() }
}
