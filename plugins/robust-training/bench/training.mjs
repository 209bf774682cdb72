/*
 * What a step of training costs, natural and robust, on wasm and, where it starts, on libtensorflow: seconds of processor time, and how much of that is arithmetic that the
 * method itself asks for. Each backend in a process of its own.
 *
 * node plugins/robust-training/bench/training.mjs (after a build), with the names of backends for those alone
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)
const at = (path) => import(new URL(path, root).href)
const steps = 3
const pixel = 1 / 255
const attack = { epsilon: 8 * pixel, attackSteps: 7, attackStep: 2 * pixel }
const norms = { epsilon: 8 * pixel, attackSteps: 4, attackStep: (8 / 3) * pixel, points: 5, attackPoints: 1 }

/*
 * Forward passes of the batch that a step asks for: a gradient by inputs or weights costs as many multiplications as a forward pass. A step of the attack on predictions is two,
 * one on norms four for each point; a training step three; weights of a norm six for each point.
 */
const cases = [
  { architecture: 'pictures-norm', use: 'natural', batch: 128, options: {}, passes: 3 },
  { architecture: 'pictures-norm', use: 'pgd', batch: 128, options: attack, passes: 2 * 7 + 3 },
  { architecture: 'gtsrb-rar', use: 'natural', batch: 64, options: {}, passes: 3 },
  { architecture: 'gtsrb-rar', use: 'pgd', batch: 64, options: attack, passes: 2 * 7 + 3 },
  { architecture: 'gtsrb-rar', use: 'ig-norm', batch: 64, options: norms, passes: 4 * 4 + 6 * 5 + 3 },
  { architecture: 'flower-rar', use: 'pgd', batch: 16, options: attack, passes: 2 * 7 + 3 },
  { architecture: 'flower-rar', use: 'ig-norm', batch: 16, batchRows: 40, options: norms, passes: 4 * 4 + 6 * 5 + 3 },
]

/** @returns by backend: why it did not run, or for each case milliseconds by the clock and of processor time, and GFLOP of a step */
export function bench(backends = ['wasm', 'tfjs-node']) {
  return Object.fromEntries(backends.map((backend) => {
    const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--measure', backend], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
    return [backend, status === 0 ? JSON.parse(stdout) : { reason: `its process ended with ${status}` }]
  }))
}

async function measure(backend) {
  const { Engine, Host } = await at('packages/core/dist/index.js')
  const host = new Host(await Promise.all(['tfjs-models', 'tfjs-node', 'robust-training'].map(async (name) => (await at(`plugins/${name}/dist/index.js`)).default)))
  const resolved = (kind, use, options = {}) => host.resolver().resolve(kind, { use, options }, [use])
  const scope = host.open([], resolved('backend', backend))
  try {
    await scope.find(Engine)
  } catch (error) {
    return { reason: error.message }
  }
  const measured = []
  for (const { architecture, use, batch, batchRows = 512, options, passes } of cases) {
    const model = await scope.create(resolved('model', 'untrained', { architecture, seed: 1 }))
    const trainer = await scope.create(resolved('trainer', use, { steps, batch, heldOut: 0, optimizer: 'adam', learningRate: 0.0005, ...options }))
    const best = { ms: Infinity, cpu: Infinity }
    let [from, cpu] = [performance.now(), process.cpuUsage()]
    const onProgress = () => {
      const { user, system } = process.cpuUsage(cpu)
      Object.assign(best, { ms: Math.min(best.ms, performance.now() - from), cpu: Math.min(best.cpu, (user + system) / 1000) })
      ;[from, cpu] = [performance.now(), process.cpuUsage()]
    }
    await trainer.train({ model, dataset: waves(model, 2 * batch), seed: 1, batchRows, onProgress })
    measured.push({ ...best, gflop: (passes * batch * model.mflopPerRow) / 1000 })
  }
  return { measured }
}

/** Smooth pictures, each another. */
function waves({ inputShape, classCount }, size) {
  const count = inputShape.reduce((a, b) => a * b)
  const example = (index) => ({ id: `${index}`, label: index % classCount, input: Float32Array.from({ length: count }, (_, i) => 0.5 + 0.25 * Math.sin(i / (31 + index)) + 0.2 * Math.sin(i * (7 + index))) })
  return { size, inputShape, range: { low: 0, high: 1 }, fingerprint: 'waves', example: (index) => Promise.resolve(example(index)) }
}

/** A table in Markdown. */
export function format(results) {
  const ran = Object.entries(results).filter(([, { measured }]) => measured)
  const reasons = Object.entries(results).flatMap(([backend, { reason }]) => (reason === undefined ? [] : [`${backend}: left out: ${reason}`]))
  return [
    ...reasons,
    `| network, rows | trainer | GFLOP a step | ${ran.map(([backend]) => `${backend}: seconds, of processor time, GFLOP/s of that`).join(' | ')} |`,
    `| --- | --- | --- |${ran.map(() => ' --- |').join('')}`,
    ...cases.map(({ architecture, use, batch }, i) => {
      const cells = ran.map(([, { measured }]) => `${(measured[i].ms / 1000).toFixed(2)}, ${(measured[i].cpu / 1000).toFixed(2)}, ${((1000 * measured[i].gflop) / measured[i].cpu).toFixed(1)}`)
      return `| ${architecture}, ${batch} | ${use} | ${ran[0][1].measured[i].gflop.toFixed(1)} | ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [flag, ...rest] = process.argv.slice(2)
  if (flag === '--measure') {
    const found = JSON.stringify(await measure(rest[0]))
    process.stdout.write(found, () => process.exit(0))
  } else console.log(format(bench(flag === undefined ? undefined : [flag, ...rest])))
}
