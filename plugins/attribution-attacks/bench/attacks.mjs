// Seconds of one start of the top-k attack on the shipped MNIST network, and how much of them the engine takes, by a profile of the stacks; and of attacks on several digits.
import { availableParallelism } from 'node:os'
import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'

const at = (path) => new URL(`../../../${path}`, import.meta.url).href
const plugin = async (name) => (await import(at(`plugins/${name}/dist/index.js`))).default
/** What counts as the engine: compiled kernels, TensorFlow.js, and the packages that call it. */
const engine = /^wasm:|@tensorflow|packages\/(tensor|network)\/dist/

export async function bench() {
  const { argmax, Base, createRandomness, Host, Side } = await import(at('packages/core/dist/index.js'))
  const { createSideThreads } = await import(at('packages/evaluation/dist/node/index.js'))
  const host = new Host(await Promise.all(['tfjs-models', 'datasets', 'gradients', 'ig', 'comparisons', 'attribution-attacks'].map(plugin)))
  const side = createSideThreads(Math.max(2, availableParallelism()))
  const base = { token: Base, value: { path: fileURLToPath(at('examples/quickstart')) } }
  const [scope, spreading] = [host.open([base]), host.open([base, { token: Side, value: side }])]
  const make = (kind, use, options = {}, from = scope) => from.create(host.resolver().resolve(kind, { use, options }, [use]))
  const model = await make('model', 'layers-model', { path: 'models/well' })
  const dataset = await make('dataset', 'mnist', { split: 'test' })
  const contextOf = async (index, attributer) => {
    const example = await dataset.example(index)
    const { data: outputs } = await model.predict({ shape: [1, ...model.inputShape], data: example.input })
    return { model, example, outputs, target: argmax(outputs), dataset, randomness: createRandomness(1, example.id), kept: (_what, _key, compute) => compute(), attributer }
  }
  const clocked = async (work) => {
    const from = performance.now()
    const found = await work()
    return { found: JSON.stringify(found), seconds: (performance.now() - from) / 1000 }
  }
  const rows = []
  for (const [method, options, iterations] of [['saliency', {}, 100], ['integrated-gradients', { steps: 20 }, 50], ['integrated-gradients', { steps: 100 }, 100]]) {
    const attack = (steps, from) => make('sampler', 'attribution-attack-mnist', { restarts: 1, iterations: steps }, from)
    const attributer = await make('attributer', method, options)
    const context = await contextOf(0, attributer)
    const name = `top-k attack on ${method}${options.steps ? `, ${options.steps} points` : ''}, ${iterations} steps`
    await (await attack(1)).sample(context, 1)
    const sampler = await attack(iterations)
    let alone
    const profile = await profiled(async () => (alone = await sampler.sample(context, 1)))
    rows.push({ name, ...profile })
    if (method !== 'integrated-gradients') continue
    await (await attack(1, spreading)).sample(context, 1)
    const spread = await attack(iterations, spreading)
    const { found, seconds } = await clocked(() => spread.sample(context, 1))
    if (found !== JSON.stringify(alone)) throw new Error('spread over threads, the attack found another input')
    rows.push({ name: `${name}, spread over ${side.count} threads`, seconds, times: profile.seconds / seconds })
  }
  await side[Symbol.asyncDispose]()
  const saliency = await make('attributer', 'saliency')
  const contexts = await Promise.all(Array.from({ length: 25 }, (_, index) => contextOf(index, saliency)))
  const sampler = await make('sampler', 'attribution-attack-mnist', { restarts: 1 })
  const inTurn = await clocked(async () => {
    const found = []
    for (const context of contexts) found.push(await sampler.sample(context, 1))
    return found
  })
  const sideBySide = await clocked(() => Promise.all(contexts.map((context) => sampler.sample(context, 1))))
  if (inTurn.found !== sideBySide.found) throw new Error('side by side, attacks found other inputs')
  rows.push({ name: `top-k attack on saliency of ${contexts.length} digits side by side, 100 steps`, seconds: sideBySide.seconds, times: inTurn.seconds / sideBySide.seconds })
  return rows
}

export const format = (rows) => rows.map(({ name, seconds, share, times }) => `${name.padEnd(86)}${seconds.toFixed(1).padStart(7)} s, ${share === undefined ? `${times.toFixed(2)} x as fast, the same input` : `${(100 * share).toFixed(0)} % of it in the engine`}`).join('\n')

/** Runs a piece of work, and looks at every millisecond whether the engine is on the stack. */
async function profiled(work) {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 1000 })
  await session.post('Profiler.start')
  const from = performance.now()
  await work()
  const seconds = (performance.now() - from) / 1000
  const { profile: { nodes, samples, timeDeltas } } = await session.post('Profiler.stop')
  session.disconnect()
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const inside = new Map()
  const isInside = (id) => {
    if (id === undefined) return false
    if (!inside.has(id)) inside.set(id, engine.test(byId.get(id).callFrame.url) || isInside(parents.get(id)))
    return inside.get(id)
  }
  const total = timeDeltas.reduce((a, b) => a + b, 0)
  return { seconds, share: samples.reduce((sum, id, index) => sum + (isInside(id) ? timeDeltas[index] : 0), 0) / total }
}
