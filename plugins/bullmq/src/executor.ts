import { defineExtension, Logger, option } from '@touchstone/core'
import * as z from 'zod/mini'
import { defaultQueue, queueName } from './names.js'
import { isRedisUrl, redisVariable } from './redis.js'
import { runJobs } from './run-jobs.js'

/** Jobs on other processes and machines: whoever runs `touchstone worker` on the same Redis and sees the same store. */
export const bullmq = defineExtension({
  kind: 'executor',
  name: 'bullmq',
  summary: 'Jobs on other machines, by BullMQ on Redis or Valkey: whoever runs touchstone worker and sees the same store',
  traits: { runsOn: 'workers on other machines' },
  options: {
    redis: option(z.optional(z.string('expected a text').check(z.refine(isRedisUrl, 'expected redis://[user:password@]host[:port][/database], or rediss:// for TLS'))), {
      summary: `where Redis is, as redis://host:port; the environment variable ${redisVariable} unless told, else the one of this machine`,
      secret: true,
    }),
    queue: option(z.string('expected a text').check(z.regex(queueName, 'expected 1 to 100 letters, digits, dots, hyphens and underscores')), { summary: 'the queue; workers take the jobs of one', default: defaultQueue }),
    parallel: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(100_000, 'expected at most 100000')), {
      summary: 'into how many jobs at least the work of a model is cut, where it has so many examples: several times the threads of all workers',
      default: 64,
    }),
    unitTimeout: option(z.number('expected a number').check(z.gte(0, 'expected at least 0')), { summary: 'where nothing was finished for so long, a worker ends what hangs and its units are undefined; 0 for never', default: 0, unit: 'seconds' }),
  },
  services: { log: Logger },
  create: ({ redis, queue, parallel, unitTimeout }, { log }) => ({ parallel, execute: (jobs, work, signal) => runJobs(jobs, work, signal, { redis, queue, unitTimeout, log }) }),
})
