import { defineExtension, type Job, type JobReport, type Work } from '@touchstone/core'

/**
 * Does all jobs, each once, and yields their reports in any order. `work.run(job, signal)` does a job in this process; what runs elsewhere is given `work.order`.
 *
 * @throws the error of the first job that fails, and the signal's reason once it is aborted.
 */
export async function* execute(jobs: readonly Job[], work: Work, signal: AbortSignal): AsyncGenerator<JobReport> {
  throw new Error('write where and in which order jobs run: execute in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'executor',
  name: 'my-method',
  // One line that says what it is.
  summary: '',
  // Where jobs run, in a few words.
  traits: { runsOn: '' },
  // How many jobs it does side by side.
  create: () => ({ parallel: 1, execute }),
})
