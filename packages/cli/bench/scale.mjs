/*
 * What an evaluation of ten methods by ten metrics costs per input, on the shipped network and real digits, and from that what a million inputs would cost.
 *
 * node packages/cli/bench/scale.mjs (after a build)
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const example = fileURLToPath(new URL('../../../examples/quickstart', import.meta.url))
const command = fileURLToPath(new URL('../bin/touchstone.js', import.meta.url))
const inputs = 4
const million = 1_000_000

/** Options are the defaults: what a user gets who names ten of each. */
const config = {
  plugins: ['tfjs-models', 'datasets', 'gradients', 'ig', 'deeplift', 'lrp', 'noise', 'comparisons', 'sensitivity', 'fidelity', 'sanity', 'lens'].map((name) => `@touchstone/${name}`),
  models: { well: { use: 'layers-model', options: { path: join(example, 'models', 'well') } } },
  dataset: 'mnist',
  attributers: Object.fromEntries(['saliency', 'gradient', 'input-x-gradient', 'guided-backprop', 'deconvolution', 'grad-cam', 'smoothgrad', 'integrated-gradients', 'deeplift', 'lrp'].map((name) => [name, name])),
  metrics: {
    ...Object.fromEntries(['sensitivity', 'fidelity', 'infidelity', 'insertion', 'deletion', 'monotonicity', 'gini', 'entropy'].map((name) => [name, name])),
    kendall: { use: 'robustness', options: { sampler: 'noise', comparison: 'kendall', samples: 16 } },
    lens: { use: 'robustness', options: { sampler: 'noise', comparison: 'lens-recall', samples: 16 } },
  },
}

export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-scale-'))
  try {
    // What a run costs whatever its inputs are does not count: two runs of different sizes.
    const [few, many] = [inputs / 4, inputs].map((take) => measure(folder, take))
    const more = inputs - inputs / 4
    const per = (of) => (of(many) - of(few)) / more
    return { cpu: per(({ cpu }) => cpu), bytes: per(({ store }) => store.bytes), entries: per(({ store }) => Object.values(store.kinds).reduce((sum, { entries }) => sum + entries, 0)), table: per(({ table }) => table), results: per(({ results }) => results), curves: per(({ curves }) => curves), examplesPerJob: inputs / many.jobs, job: await redisBytes(Math.round(inputs / many.jobs)) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function format({ cpu, bytes, entries, table, results, curves, examplesPerJob, job }) {
  const jobs = million / examplesPerJob
  const gigabytes = (value) => `${(value / 1e9).toPrecision(3)} GB`
  return [
    `per input: ${cpu.toFixed(2)} s of processor time, ${(bytes / 1000).toFixed(0)} kB and ${entries.toFixed(0)} entries in the store, ${(results / 1000).toFixed(1)} kB of results.json, ${(table / 1000).toFixed(1)} kB of rows.parquet, ${(curves / 1000).toFixed(1)} kB of curves.parquet; ${examplesPerJob.toFixed(1)} inputs to a job`,
    job === undefined ? 'Redis: skipped, no redis-server' : `per job: ${job.toFixed(0)} bytes of Redis`,
    `a million inputs: ${((cpu * million) / 3600).toFixed(0)} core hours`,
    `  store ${gigabytes(bytes * million)} in ${jobs.toFixed(0)} files; the index of whoever opens it ${gigabytes(entries * million * indexBytes)}`,
    ...(job === undefined ? [] : [`  Redis ${gigabytes(job * jobs)} for ${jobs.toFixed(0)} jobs`]),
    `  results.json ${gigabytes(results * million)}, rows.parquet ${gigabytes(table * million)}, curves.parquet ${gigabytes(curves * million)}`,
  ].join('\n')
}

/** Of an entry in the index of a store: 42 in its list, and a slot of 4, of which three eighths to three quarters are taken. */
const indexBytes = 42 + 4 / 0.56

function measure(folder, take) {
  const [file, store, out] = ['json', 'store', 'out'].map((what) => join(folder, `${take}.${what}`))
  writeFileSync(file, JSON.stringify({ ...config, examples: { take } }))
  const tell = `data:text/javascript,process.on('exit', () => { const { userCPUTime, systemCPUTime } = process.resourceUsage(); process.stderr.write('cpu ' + (userCPUTime + systemCPUTime)) })`
  const touchstone = (args, more = []) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...more, command, ...args], { cwd: example, encoding: 'utf8', maxBuffer: 2 ** 26 })
    if (status !== 0) throw new Error(`touchstone ${args[0]} ended with ${status}: ${stderr}`)
    return { stdout, stderr }
  }
  const { jobs } = JSON.parse(touchstone(['plan', file, '--store', store, '--executor', 'inline', '--json', '--quiet']).stdout)
  const { stderr } = touchstone(['run', file, '--store', store, '--out', out, '--executor', 'inline', '--quiet'], ['--import', tell])
  const sizeOf = (name) => statSync(join(out, name)).size
  return { jobs: jobs.length, cpu: Number(/cpu (\d+)/.exec(stderr)[1]) / 1e6, store: JSON.parse(touchstone(['store', 'ls', '--store', store, '--json']).stdout), results: sizeOf('results.json'), table: sizeOf('rows.parquet'), curves: sizeOf('curves.parquet') }
}

/** Memory of Redis for a job that waits; undefined without a redis-server. */
async function redisBytes(examples) {
  const at = (path) => new URL(`../../../plugins/bullmq/dist/${path}`, import.meta.url).href
  const { hasRedis, startRedis, waitingJobBytes } = await import(at('testing.js'))
  if (!hasRedis) return undefined
  const server = await startRedis()
  try {
    return await waitingJobBytes(server, examples)
  } finally {
    await server[Symbol.asyncDispose]()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(format(await bench()))
