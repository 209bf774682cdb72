/*
 * What planning, keeping and sharing work costs and gains, on the shipped network and real digits, by the command itself.
 *
 * node packages/cli/bench/evaluation.mjs (after a build)
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const example = fileURLToPath(new URL('../../../examples/quickstart', import.meta.url))
const command = fileURLToPath(new URL('../bin/touchstone.js', import.meta.url))
/** Prints the peak memory in kilobytes, and the processor time in microseconds, of the process with its threads when it ends. */
const tell = `data:text/javascript,process.on('exit', () => { const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage(); process.stderr.write('peak ' + maxRSS + ' cpu ' + (userCPUTime + systemCPUTime)) })`

const plugins = ['tfjs-models', 'datasets', 'gradients', 'ig', 'noise', 'comparisons', 'sensitivity', 'sanity'].map((name) => `@touchstone/${name}`)
const models = { well: { use: 'layers-model', options: { path: join(example, 'models', 'well') } } }
/** Heavy work: many maps of neighbours. */
const heavy = { plugins, models, dataset: 'mnist', examples: { take: 48 }, attributers: { ig: { use: 'integrated-gradients', options: { steps: 32 } } }, metrics: { sensitivity: 'sensitivity' } }
/** The same for as long as a run must last that starting threads is a small part of it. */
const long = { ...heavy, examples: { take: 432 } }
/** Small units: each costs little more than a row. */
const small = (take) => ({ plugins, models, dataset: 'mnist', examples: { take }, attributers: { saliency: 'saliency', gradient: 'gradient' }, metrics: { gini: 'gini', entropy: 'entropy' } })

export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'))
  try {
    const runOf = (name, config, args) => {
      const file = join(folder, `${name}.json`)
      writeFileSync(file, JSON.stringify(config))
      return run([file, '--out', join(folder, `${name}-out`), '--store', join(folder, `${name}-store`), ...args], join(folder, `${name}-out`))
    }
    /** The fastest of some runs of each, which take turns, so that what else the machine does meets them alike. */
    const fastestOf = async (rounds, ...pairs) => {
      const best = pairs.map(() => undefined)
      for (let round = 0; round < rounds; round++) {
        for (const [index, [name, config, args]] of pairs.entries()) {
          const found = await runOf(`${name}-${round}`, config, args)
          best[index] = better(found, best[index] ?? found)
        }
      }
      return best
    }
    const inline = ['--executor', 'inline']
    const [longOne, longTwo] = await fastestOf(2, ['long-one', long, inline], ['long-two', long, ['--threads', '2']])
    // Two processes that know nothing of each other have all that the machine gives: its cores may share what they compute with.
    const besides = await Promise.all(['first', 'second'].map((name) => runOf(name, long, inline)))
    const beside = Math.max(...besides.map(({ evaluate }) => evaluate))
    const [one, two] = await fastestOf(2, ['one', heavy, inline], ['two', heavy, ['--threads', '2']])
    // 2 methods x (a map, 2 scores) of each digit.
    const [kept, memory] = await fastestOf(4, ['kept', small(1700), inline], ['memory', { ...small(1700), store: 'memory' }, inline])
    const quickstart = (out) => run([join(example, 'touchstone.config.ts'), '--out', join(folder, out), '--store', join(folder, 'quickstart')], join(folder, out))
    await quickstart('done')
    const again = await median(() => quickstart('done'))
    const elsewhere = await median((round) => quickstart(`elsewhere-${round}`))
    const [hundred] = await fastestOf(1, ['hundred', small(100), inline])
    const [tenThousand] = await fastestOf(1, ['ten-thousand', small(10_000), inline])
    // Two threads have full batches from 400 inputs on.
    const inThreads = []
    for (const inputs of [100, 400, 10_000]) inThreads.push({ inputs, ...(await runOf(`threads-${inputs}`, small(inputs), ['--threads', '2'])) })
    return { longOne, longTwo, beside, one, two, kept, memory, again, elsewhere, hundred, tenThousand, inThreads }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function format({ longOne, longTwo, beside, one, two, kept, memory, again, elsewhere, hundred, tenThousand, inThreads }) {
  const percent = (value) => `${(100 * value).toFixed(1)} %`
  return [
    `threads, a longer run: one ${longOne.evaluate.toFixed(1)} s, two ${longTwo.evaluate.toFixed(1)} s: ${(longOne.evaluate / longTwo.evaluate).toFixed(2)} x of computing, starting threads included (limit 1.8); ${((2 * longOne.work) / longTwo.work).toFixed(2)} x without; two processes side by side: ${((2 * longOne.evaluate) / beside).toFixed(2)} x`,
    `threads, a run of seconds: one ${one.evaluate.toFixed(1)} s, two ${two.evaluate.toFixed(1)} s: ${(one.evaluate / two.evaluate).toFixed(2)} x of computing, starting threads included`,
    `a store on disk, 10,200 small units: ${kept.cpu.toFixed(2)} s of processor time, ${memory.cpu.toFixed(2)} s in memory: ${percent(kept.cpu / memory.cpu - 1)} more; planning them ${kept.plan.toFixed(2)} s, ${percent(kept.plan / kept.cpu)}: ${percent((kept.cpu - memory.cpu + kept.plan) / kept.cpu)} together (limit 5 %)`,
    `second run of the quickstart's config, the process included: ${again.wall.toFixed(2)} s (limit 1 s), ${again.cpu.toFixed(2)} s of processor time; into another folder, with all that is kept, ${elsewhere.wall.toFixed(2)} s and ${elsewhere.cpu.toFixed(2)} s`,
    `peak memory, one thread: 100 inputs ${(hundred.peak / 1000).toFixed(0)} MB, 10,000 inputs ${(tenThousand.peak / 1000).toFixed(0)} MB: ${percent(tenThousand.peak / hundred.peak - 1)} more (limit 15 %)`,
    `peak memory, two threads: ${inThreads.map(({ inputs, peak }) => `${inputs.toLocaleString('en')} inputs ${(peak / 1000).toFixed(0)} MB`).join(', ')}: the last ${inThreads.slice(0, -1).map(({ inputs, peak }) => `${percent(inThreads.at(-1).peak / peak - 1)} more than ${inputs}`).join(', ')} (limit 15 %)`,
  ].join('\n')
}

/** The shorter times of two runs, and the higher peak. */
function better(a, b) {
  return Object.fromEntries(Object.keys(a).map((key) => [key, (key === 'peak' ? Math.max : Math.min)(a[key], b[key])]))
}

/** Of five runs the one of median wall time. */
async function median(once) {
  const found = []
  for (let round = 0; round < 5; round++) found.push(await once(round))
  return found.sort((a, b) => a.wall - b.wall)[2]
}

/** Wall and processor seconds of the process, those of its jobs by its own record, and its peak memory in kB. */
function run(args, out) {
  return new Promise((resolve, reject) => {
    const from = performance.now()
    const child = spawn(process.execPath, ['--import', tell, command, 'run', ...args, '--quiet'], { cwd: example })
    let err = ''
    child.stderr.on('data', (data) => (err += data))
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`touchstone run ended with ${code}: ${err}`))
      const wall = (performance.now() - from) / 1000
      const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))
      const stageOf = (name) => record.stages.find(({ stage }) => stage === name).seconds
      const [, peak, cpu] = /peak (\d+) cpu (\d+)/.exec(err)
      resolve({ wall, peak: Number(peak), cpu: Number(cpu) / 1e6, evaluate: stageOf('evaluate'), work: record.work?.well.total ?? NaN, plan: stageOf('plan') })
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(format(await bench()))
