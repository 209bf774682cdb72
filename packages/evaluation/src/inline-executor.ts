import { defineExtension } from '@touchstone/core'

/** Runs one job after the other where the evaluation was started. */
export const inline = defineExtension({
  kind: 'executor',
  name: 'inline',
  summary: 'One job after the other, in this process',
  traits: { runsOn: 'this process' },
  create: () => ({
    parallel: 1,
    execute: async function* (jobs, work, signal) {
      for (const job of jobs) {
        signal.throwIfAborted()
        yield await work.run(job, signal)
      }
    },
  }),
})
