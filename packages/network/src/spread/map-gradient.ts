import { sizeOf, sliceRows, type Rows, type SideThreads } from '@touchstone/core'
import { heapValues, tf } from '@touchstone/tensor'
import type { RowGradient, TensorMap } from '../attribution-map.js'
import type { Graph } from '../graph/node.js'
import { graphOf, type Network } from '../network.js'
import { inputGradient } from '../run/gradient.js'
import { mapWeights } from '../transform/map-weights.js'
import type { GradientPart } from './gradient-part.js'

/** A function of a method's maps, and where it is differentiated. */
export interface MapGradient {
  readonly network: Network
  readonly map: TensorMap
  readonly x: Rows
  readonly targets: readonly number[]
  /** Of maps in the shape of `x`: a number for each row, or one for all. */
  readonly objective: (maps: tf.Tensor) => tf.Tensor
}

/** Rows of which a map asks gradients. */
interface Asked {
  readonly rows: Rows
  readonly targets: readonly number[]
}

/** Fewer rows for each thread are not worth the way. */
const least = 4
/** What rows that are differentiated twice may take together, of the 4 GiB that wasm has; and a value of a layer meanwhile: itself, its derivatives, and what both are made of. */
const [mostBytes, bytesPerValue] = [2 ** 30, 20]
/** Maps ask for no more rows than this. */
const mostRows = 256

/**
 * d(sum objective(map(x))) / dx, in the shape of `x`. With side threads, and a map that takes gradients of several rows by the function that it is given, these rows are
 * shared out among the threads, gradients and second derivatives; the numbers are the same to the last bit.
 *
 * All else of the map is computed here, in little time, three times: to learn its rows; with their gradients, which the threads give, to learn the signals that come back to
 * these; with what the threads make of the signals. Rows of a large network, which do not fit into memory at once, go the same way here, chunk by chunk.
 */
export async function mapGradient(of: MapGradient, side?: SideThreads): Promise<Float32Array> {
  // The threads compute on wasm; a card, or libtensorflow with threads of its own, has nothing to share out.
  const fit = rowsThatFit(of.network)
  const asked = (side || fit < mostRows) && tf.getBackend() === 'wasm' ? rowsAskedBy(of) : []
  const targets = asked.flatMap((one) => one.targets)
  if (targets.length > fit * (side?.count ?? 1)) return inChunks(of, asked, fit)
  if (!side || targets.length < side.count * least) return read(gradientBy(of, inputGradient))
  of.network.countRows(targets.length)
  const rows: Rows = { shape: [targets.length, ...of.network.inputShape], data: joined(asked.map((one) => one.rows.data)) }
  /** Numbers of all rows as the map asked for them. */
  const apart = (values: Float32Array): readonly Float32Array[] => {
    let end = 0
    return asked.map(({ rows: { data } }) => values.subarray(end, (end += data.length)))
  }

  const border = (part: number): number => Math.floor((part * targets.length) / side.count)
  const parts = Array.from({ length: side.count }, () => deferred<Float32Array>())
  const signalled = Promise.all(parts.map(({ promise }) => promise)).then((gradients) => {
    const known = apart(joined(gradients))
    const signals = known.map((values) => new Float32Array(values.length))
    gradientBy(of, knownGradient(known, (signal, i) => (signals[i]!.set(heapValues(signal)), tf.zerosLike(signal)))).dispose()
    return { known, signals: joined(signals) }
  })
  // Whoever waits for it is told; where a part failed before, nobody does.
  signalled.catch(() => undefined)
  const size = rows.data.length / targets.length
  const key = keyOf(of.network, side)
  try {
    const second = await Promise.all(
      parts.map(async ({ resolve, reject }, i) => {
        const [from, to] = [border(i), border(i + 1)]
        const task: GradientPart = { ...key, rows: sliceRows(rows, from, to), targets: targets.slice(from, to) }
        const answer = async (gradient: unknown): Promise<Float32Array> => {
          resolve(gradient as Float32Array)
          return (await signalled).signals.slice(from * size, to * size)
        }
        // Where one fails the others must not wait for its gradients.
        return (await side.run(i, new URL('./gradient-part.js', import.meta.url), task, answer).catch((error: unknown) => {
          reject(error)
          throw error
        })) as Float32Array
      }),
    )
    const { known } = await signalled
    const backs = apart(joined(second))
    return await read(gradientBy(of, knownGradient(known, (signal, i) => tf.tensor(backs[i]!, signal.shape))))
  } catch (error) {
    seen.get(side)?.delete(of.network)
    throw error
  }
}

/** The most rows of the shape of `x` for one `mapGradient`, on any backend: the gradients that they ask for, those at points of a path among them, fit into memory. */
export function rowsTogether({ network, map, x, targets }: Omit<MapGradient, 'objective'>): number {
  const rows = x.shape[0]!
  let asked = 0
  const count: RowGradient = (_network, z, of) => ((asked += of.length), tf.zerosLike(z))
  tf.tidy(() => map(network, tf.tensor(x.data, [...x.shape]), targets, count)).dispose()
  return Math.max(1, Math.floor((Math.min(rowsThatFit(network), mostRows) * rows) / Math.max(rows, asked)))
}

function rowsThatFit({ graph }: Network): number {
  return Math.max(1, Math.floor(mostBytes / (bytesPerValue * graph.places.reduce((sum, { shape }) => sum + sizeOf(shape), 0))))
}

/** What each chunk's gradients come to is computed once for the signals, and once to be differentiated: no more than one chunk's layers are held. */
async function inChunks(of: MapGradient, asked: readonly Asked[], atOnce: number): Promise<Float32Array> {
  const { network } = of
  const byChunks = async ({ rows, targets }: Asked, answer: (x: tf.Tensor, targets: readonly number[], from: number) => tf.Tensor): Promise<Float32Array> => {
    const parts: Float32Array[] = []
    for (let from = 0; from < targets.length; from += atOnce) {
      const { shape, data } = sliceRows(rows, from, Math.min(from + atOnce, targets.length))
      parts.push(await read(tf.tidy(() => answer(tf.tensor(data, [...shape]), targets.slice(from, from + atOnce), from))))
    }
    return joined(parts)
  }
  const known: Float32Array[] = []
  for (const one of asked) known.push(await byChunks(one, (x, targets) => inputGradient(network, x, targets)))
  const signals = new Array<Rows>(known.length)
  gradientBy(of, knownGradient(known, (signal, i) => ((signals[i] = { shape: signal.shape, data: heapValues(signal) }), tf.zerosLike(signal)))).dispose()
  const backs: Float32Array[] = []
  for (const [i, one] of asked.entries()) {
    const signalOf = ({ shape }: tf.Tensor, from: number): tf.Tensor => tf.tensor(sliceRows(signals[i]!, from, from + shape[0]).data, shape)
    backs.push(await byChunks(one, (x, targets, from) => tf.grad((at: tf.Tensor) => tf.sum(tf.mul(inputGradient(network, at, targets), signalOf(x, from))))(x)))
  }
  return read(gradientBy(of, knownGradient(known, (signal, i) => tf.tensor(backs[i]!, signal.shape))))
}

function gradientBy({ network, map, x, targets, objective }: MapGradient, gradient: RowGradient): tf.Tensor {
  return tf.tidy(() => tf.grad((at: tf.Tensor) => tf.sum(objective(map(network, at, targets, gradient))))(tf.tensor(x.data, [...x.shape])))
}

/** Maps that ask for no rows, as those that take one gradient by themselves. */
const alone = new WeakSet<TensorMap>()

function rowsAskedBy({ network, map, x, targets }: MapGradient): readonly Asked[] {
  if (alone.has(map)) return []
  const asked: Asked[] = []
  const note: RowGradient = (_network, z, of) => {
    asked.push({ rows: { shape: z.shape, data: heapValues(z) }, targets: [...of] })
    return tf.zerosLike(z)
  }
  tf.tidy(() => map(network, tf.tensor(x.data, [...x.shape]), targets, note)).dispose()
  if (asked.length === 0) alone.add(map)
  return asked
}

/** Gradients that are known already, in the order in which they are asked for; `back` gives what comes back through them. */
function knownGradient(known: readonly Float32Array[], back: (signal: tf.Tensor, index: number) => tf.Tensor): RowGradient {
  let next = 0
  return (_network, z) => {
    const index = next++
    const given = tf.customGrad((...args) => ({ value: tf.tensor(known[index]!, (args[0] as tf.Tensor).shape), gradFunc: (signal: tf.Tensor) => back(signal, index) }))
    return given(z)
  }
}

/** Networks by number, and by side threads those that were sent there. */
const numbers = new WeakMap<Network, number>()
const seen = new WeakMap<SideThreads, WeakSet<Network>>()
let count = 0

/** A network's number, and its layers with their present weights where the threads do not have them yet. */
function keyOf(network: Network, side: SideThreads): { readonly network: number; readonly graph?: Graph } {
  if (!numbers.has(network)) numbers.set(network, count++)
  const sent = seen.get(side) ?? new WeakSet<Network>()
  seen.set(side, sent)
  const number = numbers.get(network)!
  if (sent.has(network)) return { network: number }
  sent.add(network)
  return { network: number, graph: mapWeights(graphOf(network), ({ shape }, index) => ({ shape, data: heapValues(network.weights[index]!.tensor) })) }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const part of parts) {
    all.set(part, end)
    end += part.length
  }
  return all
}

async function read(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>()
  } finally {
    tensor.dispose()
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void; readonly reject: (reason: unknown) => void } {
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void }
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }))
  return { promise, ...settle! }
}
