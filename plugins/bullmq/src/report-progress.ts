import type { JobProgress } from '@touchstone/core'
import type { Job as QueueJob } from 'bullmq'

/** Milliseconds between two reports: Redis keeps each of them for a while. */
const pause = 500

/** Tells a run what its job has done: at once, but not too often, and then all that was gathered. */
export function reportProgress(job: QueueJob<unknown>): { readonly add: (progress: JobProgress) => void; readonly end: () => Promise<void> } {
  let gathered: JobProgress[] = []
  let timer: NodeJS.Timeout | undefined
  const send = async (): Promise<void> => {
    const told = gathered
    gathered = []
    // It matters less than the job.
    if (told.length > 0) await job.updateProgress(told).catch(() => undefined)
  }
  const due = (): void => {
    timer = gathered.length > 0 ? setTimeout(due, pause) : undefined
    void send()
  }
  return {
    add: (progress) => {
      gathered.push(progress)
      if (timer === undefined) due()
    },
    end: async () => {
      clearTimeout(timer)
      await send()
    },
  }
}
