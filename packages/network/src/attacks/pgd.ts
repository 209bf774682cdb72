import { breathe, rowAt, sliceRows, UserError, type Randomness, type Rows } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Network } from '../network.js'
import { advantage, ascend, direction, perRow, project, type AttackOptions, type Attacked } from './attack.js'
import { distanceIn } from './masked.js'

/** Options of projected gradient descent. */
export interface PgdOptions extends AttackOptions {
  /** How far from the input the attack may go: one for all rows, or one each. */
  readonly radius: number | readonly number[]
  /** Default 40. */
  readonly steps?: number
  /** The length of a step as a part of the radius. Default 2.5 / steps. */
  readonly stepSize?: number
  /** Attacks per row, of which the best counts. The first starts at the input, the others at random places around it. Default 1. */
  readonly restarts?: number
  /** 1 where a value may change, 0 where it stays, in the inputs' shape; all may unless told. */
  readonly free?: Rows
  /** Random numbers, per row; needed for more than one restart. */
  readonly randomness?: readonly Randomness[]
}

/**
 * Projected gradient descent: steps up the loss, each followed by the projection onto the ball around the input; of all points visited the one
 * furthest beyond the decision counts. A row's result depends on that row alone.
 *
 * Source: Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards deep learning models resistant to adversarial attacks", 2018.
 *
 * @param classes the class of each row: to leave, or to reach where the attack is targeted
 */
export async function pgd(network: Network, inputs: Rows, classes: readonly number[], options: PgdOptions): Promise<Attacked> {
  const { batchRows = 64, restarts = 1, randomness, radius, free } = options
  const count = inputs.shape[0] ?? 0
  if (classes.length !== count) throw new UserError(`expected a class for each of ${count} rows, found ${classes.length}`)
  if (restarts > 1 && randomness?.length !== count) throw new UserError('an attack with restarts needs randomness for each row')
  const radii = typeof radius === 'number' ? new Array<number>(count).fill(radius) : radius
  if (radii.length !== count || !radii.every((value) => value >= 0)) throw new UserError('expected a radius of 0 or more for each row')
  const data = inputs.data.slice()
  const best = new Array<number>(count).fill(-Infinity)
  const rowSize = count > 0 ? data.length / count : 0
  for (let from = 0; from < count; from += batchRows) {
    const to = Math.min(from + batchRows, count)
    const chunk = { origin: sliceRows(inputs, from, to), classes: classes.slice(from, to), radii: radii.slice(from, to), ...(randomness && { randomness: randomness.slice(from, to) }), ...(free && { free: sliceRows(free, from, to) }) }
    for (let restart = 0; restart < restarts; restart++) {
      await attackChunk(network, chunk, restart, options, (row, margin, values) => {
        if (margin <= best[from + row]!) return
        best[from + row] = margin
        data.set(values, (from + row) * rowSize)
      })
    }
  }
  const result: Rows = { shape: inputs.shape, data }
  const distance = distanceIn(options.norm)
  return { inputs: result, succeeded: best.map((margin) => margin > 0), distances: best.map((_, row) => distance(rowAt(result, row), rowAt(inputs, row))) }
}

interface Chunk {
  readonly origin: Rows
  readonly classes: readonly number[]
  readonly radii: readonly number[]
  readonly randomness?: readonly Randomness[]
  readonly free?: Rows
}

/** One attack on some rows; `visit` is told every point, with how far beyond the decision it is. */
async function attackChunk(network: Network, chunk: Chunk, restart: number, options: PgdOptions, visit: (row: number, margin: number, values: Float32Array) => void): Promise<void> {
  const { steps = 40, stepSize = 2.5 / steps, targeted = false, signal } = options
  const { origin, classes } = chunk
  const free = chunk.free ? tf.tensor(chunk.free.data, [...origin.shape]) : tf.scalar(1)
  const start = tf.tensor(origin.data, [...origin.shape])
  const radii = perRow(chunk.radii, origin.shape.length)
  let x = restart === 0 ? tf.clone(start) : tf.tidy(() => project(tf.tensor(randomStart(chunk, restart, options), [...origin.shape]), start, radii, options))
  try {
    for (let step = 0; step <= steps; step++) {
      await breathe(signal)
      const { logits, gradient } = ascend(network, x, classes, options)
      const [outputs, values] = (await Promise.all([logits.data(), x.data()])) as [Float32Array, Float32Array]
      const points: Rows = { shape: origin.shape, data: values }
      classes.forEach((own, row) => visit(row, advantage(outputs, row, network.classCount, own, targeted), rowAt(points, row)))
      const next = step < steps ? tf.tidy(() => project(tf.add(x, tf.mul(direction(tf.mul(gradient, free), options.norm), tf.mul(radii, stepSize))), start, radii, options)) : tf.clone(x)
      tf.dispose([logits, gradient, x])
      x = next
    }
  } finally {
    tf.dispose([start, radii, x, free])
  }
}

/** A random place within the radius of each row: of the cube evenly, of the ball in an even direction at an even distance. */
function randomStart({ origin, radii, randomness, free }: Chunk, restart: number, { norm }: PgdOptions): Float32Array {
  const values = origin.data.slice()
  const size = values.length / radii.length
  const within = (row: number, numbers: Float64Array): Float64Array => (free ? numbers.map((value, i) => value * free.data[row * size + i]!) : numbers)
  radii.forEach((radius, row) => {
    const random = randomness![row]!
    if (norm === 'linf') {
      within(row, random.uniforms('pgd', restart, size).map((u) => 2 * u - 1)).forEach((u, i) => (values[row * size + i]! += radius * u))
      return
    }
    const way = within(row, random.normals('pgd', restart, size))
    const scale = (radius * random.uniforms('pgd distance', restart, 1)[0]!) / (Math.sqrt(way.reduce((sum, z) => sum + z * z, 0)) || 1)
    way.forEach((z, i) => (values[row * size + i]! += scale * z))
  })
  return values
}
