import { hash, UserError } from '@touchstone/core'
import type { Redis } from 'ioredis'
import { prefix } from './names.js'

/** Seconds for which an order stays in Redis after the last run that asked for it was heard of. */
const kept = 24 * 3600

/** An order is a config with fingerprints: some kilobytes. */
const largest = 16 * 1024 * 1024

/** Puts what workers need to do the jobs of an evaluation into Redis, once, under its hash. @returns the hash. */
export async function putOrder(redis: Redis, bytes: Uint8Array): Promise<string> {
  if (bytes.length > largest) throw new UserError(`executor "bullmq": the config is too large for Redis, ${bytes.length} bytes of at most ${largest}`)
  const order = hash(bytes)
  await redis.set(keyOf(order), Buffer.from(bytes), 'EX', kept)
  return order
}

/** Has an order that is still needed stay; puts it back where Redis has lost it. */
export async function keepOrder(redis: Redis, bytes: Uint8Array): Promise<void> {
  if ((await redis.expire(keyOf(hash(bytes)), kept)) === 0) await putOrder(redis, bytes)
}

/** @throws UserError where it is not there, or not what its hash says. */
export async function getOrder(redis: Redis, order: string): Promise<Uint8Array> {
  const bytes = await redis.getBuffer(keyOf(order))
  if (bytes === null) throw new UserError(`the order ${order.slice(0, 8)} of this job is not in Redis any more: run the evaluation again`)
  if (bytes.length > largest || hash(bytes) !== order) throw new UserError(`the order ${order.slice(0, 8)} in Redis is not what its name says: run the evaluation again`)
  return bytes
}

function keyOf(order: string): string {
  return `${prefix}:order:${order}`
}
