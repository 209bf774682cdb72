import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { defineExtension, messageOf, UserError } from '@touchstone/core'
import { defaultQueue, queueName } from './names.js'
import { isRedisUrl, redacted, redisVariable } from './redis.js'
import { work } from './work.js'

const usage = 'worker [--redis URL] [--queue NAME] [--threads N]'

/** `touchstone worker`: does jobs of evaluations that run elsewhere, until it is stopped. */
export const worker = defineExtension({
  kind: 'command',
  name: 'worker',
  summary: 'do jobs of evaluations that run elsewhere with --executor bullmq, until stopped',
  traits: { usage },
  create: () => ({
    run: async (args, { log, signal }) => {
      await work(settings(args), log, signal)
      return 0
    },
  }),
})

function settings(args: readonly string[]): Parameters<typeof work>[0] {
  const { redis, queue = defaultQueue, threads } = values(args)
  if (redis !== undefined && !isRedisUrl(redis)) throw new UserError(`worker: --redis: expected redis://host:port or rediss://host:port, found something else; a password is better given by ${redisVariable}`)
  if (!queueName.test(queue)) throw new UserError(`worker: --queue: expected 1 to 100 letters, digits, dots, hyphens and underscores, found "${queue}"`)
  const count = threads === undefined ? availableParallelism() : Number(threads)
  if (!Number.isInteger(count) || count < 1 || count > 1024) throw new UserError(`worker: --threads: expected a whole number from 1 to 1024, found "${threads}"`)
  return { redis, queue, threads: count }
}

function values(args: readonly string[]): { readonly redis?: string; readonly queue?: string; readonly threads?: string } {
  try {
    return parseArgs({ args: [...args], options: { redis: { type: 'string' }, queue: { type: 'string' }, threads: { type: 'string' } } }).values
  } catch (error) {
    throw new UserError(`worker: ${redacted(messageOf(error))}; usage: touchstone ${usage}`)
  }
}
