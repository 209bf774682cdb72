import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { isUserError, messageOf, type Log } from '@touchstone/core'
import type { Job as QueueJob } from 'bullmq'
import { parseStopping, parseTask, type Answer, type Task } from './messages.js'
import { prefix, stopChannel } from './names.js'
import { reportProgress } from './report-progress.js'
import { connect, redacted } from './redis.js'
import { openWorkshops } from './workshops.js'

const seconds = 1000

/** A worker that is not heard of for so long has died: others get its jobs. */
const lockDuration = 10 * seconds

/** How often it is looked who was not heard of. */
const stalledInterval = 5 * seconds

/** How many workers may die over a job before it is given up. */
const maxStalledCount = 3

/** How long a worker rests that has failed. */
const shortestRest = seconds
const longestRest = 60 * seconds

/** How long the end of the jobs that run may take, beyond what their threads are given. */
const grace = 10 * seconds

interface Settings {
  readonly redis: string | undefined
  readonly queue: string
  /** Jobs side by side. */
  readonly threads: number
}

/**
 * Takes jobs from a queue in Redis and does them in threads until the signal says stop; jobs that run then go back to the queue, what they finished is
 * in the store. This thread does nothing but keep in touch with Redis, so that long jobs are not taken for dead ones.
 *
 * @throws UserError where Redis cannot be reached.
 */
export async function work({ redis: url, queue, threads }: Settings, log: Log, signal: AbortSignal): Promise<void> {
  const { Worker, WaitingError } = await import('bullmq')
  await using connection = await connect(url, log)
  const { redis, where } = connection
  await using workshops = openWorkshops(redis, threads, log)
  const name = `${hostname()}-${process.pid}`
  const running = new Map<string, AbortController>()
  /** Failures since the last success. */
  let failures = 0
  let resting: NodeJS.Timeout | undefined
  /** Whoever fails lets others go first, longer each time: a bad worker would take all jobs, as it is the fastest. */
  const rest = (): void => {
    clearTimeout(resting)
    void worker.pause(true)
    resting = setTimeout(() => void worker.resume(), Math.min(shortestRest * 2 ** failures++, longestRest))
  }

  const perform = async (queued: QueueJob<unknown, Answer>, token: string | undefined): Promise<Answer> => {
    const stop = new AbortController()
    running.set(queued.id!, stop)
    const from = performance.now()
    const progress = reportProgress(queued)
    let task: Task | undefined
    try {
      task = parseTask(queued.data)
      const { job, order, unitTimeout } = task
      const report = await workshops.run(order, job, AbortSignal.any([stop.signal, signal]), progress.add, unitTimeout).finally(progress.end)
      log.info(`${labelOf(task)}: ${report.units.computed} computed, ${report.units.kept} were there, ${((performance.now() - from) / seconds).toFixed(1)} s`)
      failures = 0
      return { report }
    } catch (error) {
      if (signal.aborted) {
        await queued.moveToWait(token)
        throw new WaitingError()
      }
      const what = task ? labelOf(task) : `job ${queued.id}`
      if (stop.signal.aborted) {
        log.info(`${what}: stopped by its run`)
        return { failure: { kind: 'stopped', message: 'stopped' } }
      }
      log.warn(`${what}: ${messageOf(error)}`)
      rest()
      return { failure: { kind: isUserError(error) ? 'user' : 'fault', message: redacted(`${messageOf(error)} (on worker ${name})`), worker: name } }
    } finally {
      running.delete(queued.id!)
    }
  }
  const worker = new Worker<unknown, Answer>(queue, perform, { connection: redis, prefix, name, concurrency: threads, lockDuration, stalledInterval, maxStalledCount })
  worker.on('error', (error) => {
    if (redis.status === 'ready') log.warn(`queue "${queue}": ${error.message}`)
  })
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => running.get(id)?.abort()))
  const listener = redis.duplicate()
  listener.on('error', () => undefined)
  listener.on('message', (_, message) => {
    try {
      for (const id of parseStopping(JSON.parse(message))) running.get(id)?.abort()
    } catch (error) {
      log.warn(messageOf(error))
    }
  })
  try {
    await listener.subscribe(stopChannel(queue))
    await worker.waitUntilReady()
    log.info(`worker ${name}: ${threads} ${threads === 1 ? 'thread' : 'threads'}, queue "${queue}" of Redis at ${where}`)
    await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))
    log.info(running.size > 0 ? `worker ${name}: stopping, ${running.size} running jobs go back to the queue` : `worker ${name}: stopped`)
  } finally {
    clearTimeout(resting)
    // What Redis would have to be told cannot be told while it is away: who stops does not wait for it.
    await Promise.race([worker.close(redis.status !== 'ready'), delay(grace, undefined, { ref: false })])
    listener.disconnect()
  }
}

function labelOf({ job: { model, examples, id } }: Task): string {
  return `job ${id.slice(0, 8)}, model "${model}", ${examples.length} ${examples.length === 1 ? 'example' : 'examples'}`
}
