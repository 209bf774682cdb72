import type { JobProgress } from '@touchstone/core'
import type { Job as QueueJob } from 'bullmq'

/** Milliseconds between two reports: Redis keeps each of them for a while. */
const pause = 500

/** Gathers what a job has done and tells the run of it, not too often. */
export function reportProgress(job: QueueJob<unknown>): { readonly add: (progress: JobProgress) => void; readonly end: () => Promise<void> } {
  let gathered: JobProgress[] = []
  let timer: NodeJS.Timeout | undefined
  const send = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const told = gathered
    gathered = []
    // It matters less than the job.
    if (told.length > 0) await job.updateProgress(told).catch(() => undefined)
  }
  return {
    add: (progress) => {
      gathered.push(progress)
      timer ??= setTimeout(() => void send(), pause)
    },
    end: send,
  }
}
