// The same evaluation by one worker process and by two, on one machine: how much of a second core BullMQ turns into speed.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasRedis, startRedis } from '../dist/testing.js'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const bin = join(repository, 'packages', 'cli', 'bin', 'touchstone.js')
const rounds = 2

/** Milliseconds of the work for each number of workers; undefined without a redis-server. */
export async function bench() {
  if (!hasRedis) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-bullmq-'))
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { '@touchstone/bullmq': '*' } }))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  const redis = await startRedis()
  try {
    const best = {}
    for (let round = 0; round < rounds; round++) {
      for (const count of [1, 2]) {
        const took = await evaluated(folder, redis.address, `${count}-${round}`, count)
        best[count] = Math.min(best[count] ?? Infinity, took)
      }
    }
    return best
  } finally {
    await redis[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
}

export function format(best) {
  if (best === undefined) return 'skipped: no redis-server'
  const line = (name, milliseconds, note) => `${name.padEnd(32)}${milliseconds.toFixed(0).padStart(10)} ms  ${note}`
  return [line('one worker', best[1], ''), line('two workers', best[2], `${(best[1] / best[2]).toFixed(2)} x as fast (limit 1.7)`)].join('\n')
}

const config = {
  plugins: ['tfjs-models', 'datasets', 'gradients', 'noise', 'comparisons', 'bullmq'].map((name) => `@touchstone/${name}`),
  models: { well: { use: 'layers-model', options: { path: join(repository, 'examples', 'quickstart', 'models', 'well') } } },
  dataset: 'mnist',
  examples: { take: 48 },
  attributers: { smoothgrad: { use: 'smoothgrad', options: { attributer: 'gradient', samples: 60 } } },
  metrics: { kendall: { use: 'robustness', options: { sampler: 'noise', comparison: 'kendall', samples: 12 } } },
}

/** Milliseconds from the first job to the last result, by workers that have begun already. */
async function evaluated(folder, address, queue, count) {
  const common = ['--redis', address, '--queue', queue]
  // Each in a session of its own: Linux shares a busy machine out by sessions, as it would two machines.
  const workers = Array.from({ length: count }, () => spawn(process.execPath, [bin, 'worker', ...common, '--threads', '1'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true }))
  await Promise.all(workers.map(({ stderr }) => new Promise((resolve) => stderr.on('data', resolve))))
  const run = (...more) => ended(spawn(process.execPath, [bin, 'run', 'config.json', '--executor', 'bullmq', ...common, '--store', `store-${queue}`, '--out', `out-${queue}`, '--quiet', ...more], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }))
  // A part of the work warms the engines of the workers up, as in any evaluation that takes longer than this one.
  const code = (await run('--shard', '1/8')) || (await run())
  for (const worker of workers) worker.kill('SIGTERM')
  await Promise.all(workers.map(ended))
  if (code !== 0) throw new Error(`the evaluation ended with exit code ${code}`)
  const { stages } = JSON.parse(readFileSync(join(folder, `out-${queue}`, 'run.json'), 'utf8'))
  return stages.find(({ stage }) => stage === 'evaluate').seconds * 1000
}

function ended(child) {
  return child.exitCode !== null ? child.exitCode : new Promise((resolve) => child.once('close', resolve))
}
