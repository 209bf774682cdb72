import { messageOf, UserError, type Log } from '@touchstone/core'
import type { Redis } from 'ioredis'

/** The environment variable that names the Redis where no option does: command lines are seen by all who list processes. */
export const redisVariable = 'TOUCHSTONE_REDIS'

const nearby = 'redis://127.0.0.1:6379'

/** A text without the user and password of the addresses in it. */
export function redacted(text: string): string {
  return text.replace(/([a-z]+:\/\/)[^\s/]*@/gi, '$1')
}

/** Whether a text names a Redis: `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS. */
export function isRedisUrl(text: string): boolean {
  return URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol) && new URL(text).hostname !== ''
}

/** A connection that comes back by itself, and where it goes, fit to be shown. */
export interface Connection extends AsyncDisposable {
  readonly redis: Redis
  readonly where: string
}

/**
 * Connects to a Redis or Valkey.
 * @param url where it is; undefined for the environment's, else the one of this machine.
 * @param log told when the connection is lost and when it is back.
 * @throws UserError where it cannot be reached, or refuses. The message never holds a password.
 */
export async function connect(url: string | undefined, log: Log): Promise<Connection> {
  const address = url ?? process.env[redisVariable] ?? nearby
  if (!isRedisUrl(address)) throw new UserError(`${redisVariable}: expected redis://host:port or rediss://host:port, found something else`)
  const where = new URL(address).host
  const { Redis } = await import('ioredis')
  let isReady = false
  // Commands wait until the connection is back, however long that takes; BullMQ asks for that.
  const redis = new Redis(address, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: (times) => (isReady ? Math.min(times * 100, 2000) : null) })
  let isLost = false
  let reason: unknown
  redis.on('error', (error) => (reason = error))
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    // The cause stays behind: errors of Redis carry the commands that led to them, and with them the password.
    throw new UserError(`cannot use the Redis at ${where}: ${redacted(messageOf(reason ?? error))}; start one (redis-server), or name another by --redis or ${redisVariable}`)
  }
  isReady = true
  redis.on('close', () => {
    if (isLost || !isReady) return
    isLost = true
    log.info(`the connection to Redis at ${where} is lost: waiting for it`)
  })
  redis.on('ready', () => {
    if (isLost) log.info(`the connection to Redis at ${where} is back`)
    isLost = false
  })
  return {
    redis,
    where,
    [Symbol.asyncDispose]: () => {
      isReady = false
      redis.disconnect()
      return Promise.resolve()
    },
  }
}
