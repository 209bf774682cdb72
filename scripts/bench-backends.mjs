/*
 * How fast each backend is beside stock wasm, and how far its numbers are from those of wasm with our kernels. Each runs in a process of its own, one after the other;
 * one that does not start here is left out, with the reason.
 *
 * node scripts/bench-backends.mjs (after a build), with the names of backends for those alone
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const at = (path) => new URL(path, root).href
const all = ['wasm', 'wasm, stock kernels', 'tfjs-node', 'tfjs-node-gpu', 'webgpu']

/** Each task is repeated for so long, at least twice and at most so often. */
const seconds = 4
const most = 30

const cases = [
  { name: 'MNIST CNN of the quickstart', rows: 64, build: async ({ layersNetwork }) => layersNetwork('examples/quickstart/models/well') },
  { name: 'CIFAR-10 CNN', rows: 64, build: async ({ layersNetwork }) => layersNetwork('examples/cifar/models/natural') },
  { name: 'MobileNetV2', rows: 1, build: ({ architectures }) => architectures.mobileNet(false) },
  { name: 'MobileNetV2', rows: 16, build: ({ architectures }) => architectures.mobileNet(false) },
  { name: 'SqueezeNet', rows: 1, build: ({ architectures, network }) => network.createNetwork(architectures.squeezeNet()) },
  { name: 'ResNet50', rows: 1, build: ({ architectures, network }) => network.createNetwork(architectures.resNet50()) },
  { name: 'ResNet50', rows: 16, native: true, build: ({ architectures, network }) => network.createNetwork(architectures.resNet50()) },
  { name: 'VGG16', rows: 1, build: ({ architectures, network }) => network.createNetwork(architectures.vgg16()) },
]

/** @returns by backend: why it did not run, or its engine and what it measured. */
export async function bench(backends = all) {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-backends-'))
  try {
    const results = {}
    for (const backend of backends) results[backend] = await measureApart(backend, folder)
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureApart(backend, folder) {
  const out = join(folder, `${backend}.json`)
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--measure', backend, out], { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
  if (code !== 0) return { reason: `its process ended with ${code}` }
  return JSON.parse(await readFile(out, 'utf8'))
}

async function measure(backend) {
  const { openEngine, tf, layers } = await import(at('packages/tensor/dist/index.js'))
  let engine
  try {
    engine = backend === 'wasm, stock kernels' ? await openEngine({ backend: 'wasm', kernels: 'stock' }) : await start(backend)
  } catch (error) {
    return { reason: error.message }
  }
  const network = await import(at('packages/network/dist/index.js'))
  const architectures = await import(at('packages/network/bench/architectures.mjs'))
  const { readArtifacts } = await import(at('plugins/tfjs-models/dist/index.js'))
  const layersNetwork = async (path) => network.networkFromLayers(await layers.loadLayersModel({ load: () => readArtifacts(join(fileURLToPath(root), path, 'model.json'), 'layers-model') }))
  const measured = []
  for (const { name, rows, native = false, build } of cases) {
    if (native && backend.startsWith('wasm')) continue
    const net = await build({ architectures, network, layersNetwork })
    const x = tf.randomUniform([rows, ...net.inputShape], 0, 1, 'float32', 3)
    const targets = Array.from({ length: rows }, (_, row) => row % net.classCount)
    const entry = { name, rows }
    for (const [task, work] of [['forward', () => net.logits(x)], ['gradient', () => network.valueAndGradient(net, x, targets).gradients[0]]]) {
      try {
        entry[task] = await fastest(tf, work)
      } catch (error) {
        entry[task] = { reason: error.message.split('\n', 1)[0] }
      }
    }
    measured.push(entry)
    tf.dispose(x)
    net.dispose()
  }
  return { engine, measured }
}

async function start(backend) {
  const { Engine, Host } = await import(at('packages/core/dist/index.js'))
  const names = ['tfjs-models', 'tfjs-node', 'webgpu']
  const host = new Host(await Promise.all(names.map(async (name) => (await import(at(`plugins/${name}/dist/index.js`))).default)))
  return host.open([], host.resolver().resolve('backend', backend, [])).find(Engine)
}

async function fastest(tf, work) {
  let [ms, values] = [Infinity, undefined]
  const end = performance.now() + seconds * 1000
  for (let round = 0; round < 2 || (round < most && performance.now() < end); round++) {
    const from = performance.now()
    const result = tf.tidy(work)
    values = await result.data()
    ms = Math.min(ms, performance.now() - from)
    result.dispose()
  }
  // Enough of them to compare, spread over all.
  const step = Math.max(1, Math.floor(values.length / 5000))
  return { ms, values: Array.from({ length: Math.floor(values.length / step) }, (_, i) => values[i * step]) }
}

/** A table in Markdown. */
export function format(results) {
  const lines = []
  for (const [backend, { reason, engine }] of Object.entries(results)) lines.push(reason === undefined ? `${backend}: ${engine.name} ${engine.version}` : `${backend}: left out: ${reason}`)
  const ran = Object.entries(results).filter(([, { measured }]) => measured)
  lines.push('', `| network, rows | task | ${ran.map(([backend]) => backend).join(' | ')} |`, `| --- | --- |${ran.map(() => ' --- |').join('')}`)
  const found = (backend, name, rows) => results[backend]?.measured?.find((entry) => entry.name === name && entry.rows === rows)
  for (const { name, rows } of cases) {
    for (const task of ['forward', 'gradient']) {
      const [stock, own] = [found('wasm, stock kernels', name, rows)?.[task], found('wasm', name, rows)?.[task]]
      const cells = ran.map(([backend]) => cell(found(backend, name, rows)?.[task], stock, own))
      if (cells.some((text) => text !== '')) lines.push(`| ${name}, ${rows} | ${task} | ${cells.join(' | ')} |`)
    }
  }
  return lines.join('\n')
}

/** Milliseconds, times stock wasm, and the largest difference from wasm as a share of the largest value. */
function cell(result, stock, own) {
  if (result === undefined) return ''
  if (result.reason !== undefined) return result.reason
  const times = stock?.ms === undefined ? '' : `, ${(stock.ms / result.ms).toPrecision(3)} x`
  if (own?.values === undefined || own === result) return `${result.ms.toPrecision(3)} ms${times}`
  const largest = own.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const apart = own.values.reduce((most, value, i) => Math.max(most, Math.abs(value - result.values[i])), 0)
  return `${result.ms.toPrecision(3)} ms${times}, ${(apart / largest).toExponential(0)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [flag, ...rest] = process.argv.slice(2)
  if (flag === '--measure') {
    await writeFile(rest[1], JSON.stringify(await measure(rest[0])))
    process.exit(0)
  }
  console.log(format(await bench(flag === undefined ? all : [flag, ...rest])))
}
