import type { Job, JobProgress, JobReport, Log } from '@touchstone/core'
import { openThreads, type ThreadPool } from '@touchstone/evaluation/node'
import type { Redis } from 'ioredis'
import { getOrder } from './orders.js'

/** How many orders stay open: those of the evaluations that run at the same time. */
const most = 4

/** Seconds after which a thread without a job gives its memory back. */
const idle = 60

interface Workshop {
  readonly threads: Promise<ThreadPool>
  /** Jobs in it. */
  busy: number
}

/** Where the jobs of several evaluations are done, each in threads of its own. */
export interface Workshops extends AsyncDisposable {
  readonly run: (order: string, job: Job, signal: AbortSignal, onProgress: (progress: JobProgress) => void, unitTimeout?: number) => Promise<JobReport>
}

/** Opens threads for each order that it hears of, and keeps those of the last few. */
export function openWorkshops(redis: Redis, threads: number, log: Log): Workshops {
  /** The one that was used last comes last. */
  const open = new Map<string, Workshop>()
  const close = async ({ threads }: Workshop): Promise<void> => {
    await (await threads.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
  const enter = (order: string): Workshop => {
    const workshop = open.get(order) ?? { threads: getOrder(redis, order).then((bytes) => openThreads(bytes, { threads, idle, log })), busy: 0 }
    open.delete(order)
    open.set(order, workshop)
    workshop.busy++
    for (const [other, { busy }] of open) {
      if (open.size <= most) break
      if (busy > 0) continue
      void close(open.get(other)!)
      open.delete(other)
    }
    return workshop
  }
  return {
    run: async (order, job, signal, onProgress, unitTimeout) => {
      const workshop = enter(order)
      try {
        const pool = await workshop.threads.catch((error: unknown) => {
          // The next job asks again.
          open.delete(order)
          throw error
        })
        return await pool.run(job, signal, onProgress, unitTimeout)
      } finally {
        workshop.busy--
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...open.values()].map(close))
    },
  }
}
