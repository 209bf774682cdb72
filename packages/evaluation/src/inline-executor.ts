import { defineExtension } from '@touchstone/core'

/** Runs one job after the other where the evaluation was started. */
export const inline = defineExtension({
  kind: 'executor',
  name: 'inline',
  summary: 'One job after the other, in this process',
  traits: { runsOn: 'this process' },
  create: () => ({
    execute: async function* (jobs, run, signal) {
      for (const job of jobs) {
        signal?.throwIfAborted()
        yield { job, result: await run(job) }
      }
    },
  }),
})
