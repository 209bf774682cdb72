import { EventEmitter, on } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { hash, messageOf, UserError, type Job, type JobReport, type Log, type Work } from '@touchstone/core'
import type { Queue } from 'bullmq'
import { judgeFailures, type Failure } from './judge-failures.js'
import { parseAnswer, parseDone, type Task } from './messages.js'
import { idInQueue, prefix, stopChannel } from './names.js'
import { keepOrder, putOrder } from './orders.js'
import { connect, type Connection } from './redis.js'

const seconds = 1000

/** How often a run looks after its jobs, beside being told of them. */
const patrol = 5 * seconds

/** How many jobs go to Redis in one request, and are looked after at a time. */
const handful = 500

/** How long workers have to end what a run that stops does not want any more. */
const grace = 10 * seconds

/** What Redis tells of a job, by its id. */
type News = readonly [kind: 'answer' | 'fault' | 'progress', id: string, value: unknown]

interface Settings {
  readonly redis: string | undefined
  readonly queue: string
  /** Seconds after which workers end what hangs; 0 for never. */
  readonly unitTimeout: number
  readonly log: Log
}

/** Hands jobs to workers by a queue in Redis, and waits for them. What they found is in the store by then. */
export async function* runJobs(jobs: readonly Job[], work: Work, signal: AbortSignal, { redis: url, queue: name, unitTimeout, log }: Settings): AsyncGenerator<JobReport> {
  const { order } = work
  if ('here' in order) throw new UserError(`executor "bullmq": the jobs can be done in this process alone, since ${order.here}; choose the executor inline, or mend that`)
  const { Queue, QueueEvents } = await import('bullmq')
  await using connection = await connect(url, log)
  const { redis } = connection
  const waiting = new Map(jobs.map((job) => [idInQueue(hash(order.bytes), job), job]))
  const queue = new Queue<Task>(name, { connection: redis, prefix })
  // From the last event on: none of our jobs has been heard of yet.
  const [last] = await redis.xrevrange(`${prefix}:${name}:events`, '+', '-', 'COUNT', 1)
  const events = new QueueEvents(name, { connection: redis, prefix, lastEventId: last?.[0] ?? '0-0' })
  // A connection that breaks comes back, and says so by itself.
  queue.on('error', () => undefined)
  events.on('error', () => undefined)

  // One list of all that is told, in its order: what a job has done comes before its end.
  const told = new EventEmitter()
  const tell = (kind: News[0], id: string, value: unknown): void => {
    if (waiting.has(id)) told.emit('news', kind, id, value)
  }
  events.on('completed', ({ jobId, returnvalue }) => tell('answer', jobId, returnvalue))
  events.on('failed', ({ jobId, failedReason }) => tell('fault', jobId, failedReason))
  events.on('progress', ({ jobId, data }) => tell('progress', jobId, data))

  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const news = on(told, 'news', { signal: stop })
  // While Redis is away its answers do not come, and who stops does not wait for them.
  const stopped = new Promise<never>((_, reject) => stop.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')), { once: true }))
  stopped.catch(() => undefined)
  const keep = (): Promise<void> => keepOrder(redis, order.bytes)
  const submit = async (ids: readonly string[], later = 0): Promise<void> => {
    const hashed = await putOrder(redis, order.bytes)
    for (let from = 0; from < ids.length; from += handful) {
      await queue.addBulk(ids.slice(from, from + handful).map((jobId) => ({ name: 'job', data: { order: hashed, ...(unitTimeout > 0 && { unitTimeout }), job: writable(waiting.get(jobId)!) }, opts: { ...jobOptions, jobId, delay: later } })))
    }
  }
  const judge = judgeFailures()
  const tryAgain = async (id: string, failure: Failure): Promise<void> => {
    judge(id, failure, await queue.getWorkersCount())
    log.warn(`${failure.message}; the job goes to another worker`)
    await submit([id], seconds)
  }
  void lookAfter(queue, connection, waiting, { submit, keep }, stop, log).catch((error: unknown) => {
    if (!stop.aborted) told.emit('error', error)
  })
  try {
    await Promise.race([submit([...waiting.keys()]), stopped])
    while (waiting.size > 0) {
      const { value: [kind, id, value] } = (await news.next()) as { readonly value: News }
      // Removed already where something came twice.
      if (!waiting.has(id)) continue
      if (kind === 'progress') {
        parseDone(value).forEach(work.onProgress)
        continue
      }
      if (kind === 'fault') throw new Error(`a worker failed: ${String(value)}`)
      const answer = parseAnswer(value)
      if ('report' in answer) {
        waiting.delete(id)
        yield answer.report
      } else if (answer.failure.kind === 'stopped') {
        // Another run with the same work has stopped it; this one still wants it.
        await Promise.race([submit([id]), stopped])
      } else {
        await Promise.race([tryAgain(id, { ...answer.failure, kind: answer.failure.kind }), stopped])
      }
    }
  } finally {
    over.abort()
    if (waiting.size > 0) await withdraw(queue, connection, name, [...waiting.keys()], log)
    await Promise.race([Promise.allSettled([queue.close(), events.close()]), delay(seconds)])
  }
}

/**
 * What fails where no worker could say so, as by the death of its process, is tried again, elsewhere perhaps. A job that has ended leaves nothing behind, so that it can be asked for again; where the
 * news of it is lost, it is.
 */
export const jobOptions = { attempts: 3, backoff: { type: 'fixed' as const, delay: seconds }, removeOnComplete: true, removeOnFail: true }

function writable({ id, model, examples }: Job): Task['job'] {
  return { id, model, examples: examples.map(({ index, id, target, shown }) => ({ index, id, target, ...(shown !== undefined && { shown }) })) }
}

/** What a run does for its jobs while it waits. */
interface Care {
  readonly submit: (ids: readonly string[]) => Promise<void>
  readonly keep: () => Promise<void>
}

/** Says so where nobody works, and asks again for jobs that Redis has forgotten. */
async function lookAfter(queue: Queue, { redis, where }: Connection, waiting: ReadonlyMap<string, Job>, { submit, keep }: Care, stop: AbortSignal, log: Log): Promise<void> {
  let missing = new Set<string>()
  let wasAlone = false
  for (let from = 0; ; from = from + handful < waiting.size ? from + handful : 0) {
    const isAlone = redis.status === 'ready' && (await queue.getWorkersCount()) === 0
    if (isAlone && !wasAlone) log.info(`no worker is connected to queue "${queue.name}" of Redis at ${where}: waiting for one; start "touchstone worker" with the same --redis and --queue, on any machine that sees the store`)
    wasAlone = isAlone
    await delay(patrol, undefined, { signal: stop })
    await keep()
    const ids = [...waiting.keys()].slice(from, from + handful)
    const states = await Promise.all(ids.map((id) => queue.getJobState(id)))
    const unknown = ids.filter((id, index) => states[index] === 'unknown' && waiting.has(id))
    // The news of one that has just ended may be on its way.
    const lost = unknown.filter((id) => missing.has(id))
    missing = new Set([...missing].filter((id) => !ids.includes(id)).concat(unknown))
    if (lost.length > 0) await submit(lost)
  }
}

/** Takes jobs back that are not begun, and has workers stop the others. */
async function withdraw(queue: Queue, { redis, where }: Connection, name: string, jobs: readonly string[], log: Log): Promise<void> {
  const end = new AbortController()
  const attempt = async (): Promise<readonly string[]> => {
    let left = jobs
    for (;;) {
      const still: string[] = []
      for (let from = 0; from < left.length; from += handful) {
        const ids = left.slice(from, from + handful)
        const removed = await Promise.all(ids.map((id) => queue.remove(id)))
        const running = ids.filter((_, index) => removed[index] === 0)
        if (running.length > 0) await redis.publish(stopChannel(name), JSON.stringify(running))
        still.push(...running)
      }
      left = still
      if (left.length === 0 || end.signal.aborted) return left
      await delay(100)
    }
  }
  const timer = setTimeout(() => end.abort(), grace)
  const outOfTime = delay(grace + seconds, undefined, { ref: false }).then(() => undefined)
  const left = await Promise.race([attempt().catch((error: unknown) => messageOf(error)), outOfTime])
  clearTimeout(timer)
  if (left === undefined || typeof left === 'string') log.warn(`jobs of this run may be left in queue "${name}" of Redis at ${where}: workers will do them${left === undefined ? '' : ` (${left})`}`)
  else if (left.length > 0) log.warn(`${left.length} jobs did not stop within ${grace / seconds} s: their workers end them`)
}
