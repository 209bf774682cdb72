import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hash, messageOf, type Job } from '@touchstone/core'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { idInQueue, prefix } from './names.js'
import { jobOptions } from './run-jobs.js'

/** Whether this machine can start a Redis. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** A Redis of its own, on a free port of this machine, which remembers what it was told when it is started again. */
export interface RedisServer extends AsyncDisposable {
  /** Without a password. */
  readonly address: string
  readonly port: number
  /** Ends it at once, as a crash would, and starts it again. */
  readonly restart: () => Promise<void>
}

export async function startRedis(extra: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-redis-'))
  const port = await freePort()
  const start = async () => {
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--dir', folder, ...extra], { stdio: 'ignore' })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const kill = () => child.kill('SIGKILL')
    // Nor does it stay where the process ends in between.
    process.once('exit', kill)
    const probe = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null, enableReadyCheck: false })
    probe.on('error', () => undefined)
    // One that asks for a password answers as well.
    while (!(await Promise.race([probe.ping().then(() => true, (error: unknown) => messageOf(error).startsWith('NOAUTH')), delay(100).then(() => false)]))) await delay(50)
    probe.disconnect()
    return async () => {
      process.off('exit', kill)
      kill()
      await ended
    }
  }
  let end = await start()
  return {
    address: `redis://127.0.0.1:${port}`,
    port,
    restart: async () => {
      await end()
      end = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Bytes that Redis takes for a job of so many examples that waits, the mean of many. */
export async function waitingJobBytes({ port }: RedisServer, examples: number): Promise<number> {
  const jobs = 10_000
  const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
  const queue = new Queue('measured', { connection: redis, prefix })
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1])
  await queue.waitUntilReady()
  const before = await used()
  for (let from = 0; from < jobs; from += 500) {
    await queue.addBulk(
      Array.from({ length: 500 }, (_, index) => {
        const job: Job = { id: hash(String(from + index)).slice(0, 40), model: 'well', examples: Array.from({ length: examples }, (_, example) => ({ index: from + index + example, id: `test/${from + index + example}`, target: 1 })) }
        return { name: 'job', data: { order: hash('order'), job }, opts: { ...jobOptions, jobId: idInQueue(hash('order'), job) } }
      }),
    )
  }
  const after = await used()
  await queue.close()
  redis.disconnect()
  return (after - before) / jobs
}
