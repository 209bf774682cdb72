import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '@touchstone/core'
import { Redis } from 'ioredis'

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
    const probe = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null, enableReadyCheck: false })
    probe.on('error', () => undefined)
    // One that asks for a password answers as well.
    while (!(await Promise.race([probe.ping().then(() => true, (error: unknown) => messageOf(error).startsWith('NOAUTH')), delay(100).then(() => false)]))) await delay(50)
    probe.disconnect()
    return async () => {
      child.kill('SIGKILL')
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
