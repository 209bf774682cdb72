import { breathe, eachRow, rowAt, stackRows, type Rows } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { Network } from '../network.js'
import { backward } from '../run/backward.js'
import { forward } from '../run/forward.js'
import type { Attacked } from './attack.js'
import { distanceIn, type MaskedOptions, type MaskedSearch } from './masked.js'
import { nearestOnPlane, type Plane } from './nearest-on-plane.js'

/** Options of the search along the decision boundary. */
export interface BoundarySearchOptions extends MaskedOptions {
  /** Steps of one search; each is a row forward and back. Default 20. */
  readonly steps?: number
  /** From how many other classes' boundaries an untargeted search starts, the nearest first. Default 1. */
  readonly starts?: number
}

/** Of so many other classes, those with the largest logits, the nearest are chosen. */
const classesCompared = 10
/** How far beyond the boundary a step aims, as a share of the step. */
const overshoot = 1.2
/** The largest share of the input's own projection in a step. */
const pull = 0.5
/** What is left of a change after a step back towards the input. */
const back = 0.8
/** How far beyond the boundary targeted searches and shortened steps aim, as a share of the margin at x. */
const aimed = 0.01
/** After so many steps without success the search begins anew, with steps that become shorter. */
const patience = 5
/** Cuts of the last part of the way; each is a row forward. */
const cuts = 4
/** How far beyond the boundary a cut aims, as a factor of the way from its lower end. */
const beyond = 1.001

/** What was found, and how close it came where it was not. */
export interface Approached extends Attacked {
  /** The largest margin that was met on the way: F_c - F_y, turned round for targeted searches. Positive where the goal was reached. */
  readonly margins: readonly number[]
}

/** One search of one row. */
interface Track {
  readonly row: number
  readonly free: Float32Array
  /** The class whose boundary is approached; the best other one at each point where it is undefined. */
  readonly toward: number | undefined
  x: Float32Array
  /** Whether it starts elsewhere than at the input. */
  readonly warm: boolean
  /** Steps without success. */
  failed: number
  /** The nearest point so far that reaches the goal. */
  best: Float32Array | undefined
  distance: number
  /** Of the points that reach it, the one whose line to the input should meet the boundary nearest to it, going by the margins of its ends. */
  promising: { readonly x: Float32Array; readonly margin: number } | undefined
  estimate: number
  margin: number
}

/**
 * The fast search for smallest changes: step by step onto the boundary of the network's linear approximation, pulled towards the nearest point to the
 * input, with a step back after each success, and the last part of the way cut by its margins. Exact on linear networks.
 *
 * With x_t, the margin m = F_c - F_y and its gradient g there: z_o is the point of {z : m + g (z - x_t) = 0} nearest to o among those that differ from x in
 * free values and lie in the bounds, and x_{t+1} = (1 - a) (x_t + 1.2 (z_{x_t} - x_t)) + a (x + 1.2 (z_x - x)), a = min(0.5, d_t / (d_t + d_x)), d being the
 * lengths of the two steps, and a = 1 in the first step from a given start; where x_t reached the goal, x + 0.8 (x_t - x) is where the next step starts.
 * After five steps without success the search begins anew with a = 0 and steps of Frank and Wolfe, 2 / (t + 2) of the way: where the bounds keep the plane out of
 * reach, whole steps would go from corner to corner.
 *
 * Source: Croce, Hein, "Minimally distorted adversarial examples with a fast adaptive boundary attack", ICML 2020; here with masks, classes chosen by the
 * distance of their planes at x, and constants that did best on the digits of MNIST.
 *
 * @param of the class to leave; the class to reach where the search is targeted
 */
export async function boundarySearch(network: Network, input: Float32Array, of: number, options: BoundarySearchOptions): Promise<(...asked: Parameters<MaskedSearch>) => Promise<Approached>> {
  const { norm, targeted = false, bounds, batchRows = 64, signal, steps = 20, starts = 1 } = options
  const { inputShape, classCount } = network
  const distance = distanceIn(norm)

  /** The pair of logits whose difference is to become positive, and how far the goal is reached. */
  const judge = (logits: Float32Array, toward: number | undefined): { readonly up: number; readonly down: number; readonly margin: number } => {
    const best = bestOther(logits, of)
    const ahead = logits[best]! - logits[of]!
    return targeted ? { up: of, down: best, margin: -ahead } : { up: toward ?? best, down: of, margin: ahead }
  }

  const { data: logitsAtInput } = (await marginGradients(network, [input], undefined)).logits
  const marginBelow = judge(logitsAtInput, undefined).margin
  // Several classes at once are in the way of a target: what passes one by just so much may not pass the next; shortened steps would end before the boundary.
  const aim = aimed * Math.abs(marginBelow)
  const planes = targeted ? [] : await planesAt(network, input, of, logitsAtInput)
  /** The classes whose planes at x are nearest within the mask. */
  const nearestClasses = (free: Float32Array): readonly (number | undefined)[] => {
    if (targeted) return [undefined]
    const z = new Float32Array(input.length)
    const distances = planes.map(({ toward, margin, gradient }) => {
      const met = nearestOnPlane(input, { at: input, value: margin, gradient }, free, norm, bounds, z)
      return { toward, far: met ? distance(z, input) : Infinity }
    })
    return distances.sort((a, b) => (a.far < b.far ? -1 : a.far > b.far ? 1 : 0)).slice(0, starts).map(({ toward }) => toward)
  }

  const step = (track: Track, logits: Float32Array, gradient: Float32Array, warm: boolean): void => {
    const { x, free, toward } = track
    const { up, down, margin } = judge(logits, toward)
    const from = margin > 0 ? x.map((value, i) => input[i]! + back * (value - input[i]!)) : x
    const stuck = !track.best && track.failed >= patience
    const plane = { at: x, value: logits[up]! - logits[down]! - (targeted || stuck ? aim : 0), gradient }
    const [own, origin] = [new Float32Array(x.length), new Float32Array(x.length)]
    const met = nearestOnPlane(from, plane, free, norm, bounds, own)
    nearestOnPlane(input, plane, free, norm, bounds, origin)
    const [near, far] = [distance(own, from), distance(origin, input)]
    // From a start in a smaller mask the way back to it is shortest, so the values that have come to be free would hardly move.
    const a = warm ? 1 : stuck ? 0 : Math.min(pull, near / (near + far || 1))
    // Whole steps go from corner to corner where the goal lies at the end of what the mask and the bounds let reach.
    const damping = stuck ? 2 / (track.failed - patience + 2) : 1
    track.failed++
    if (!track.best && track.failed === patience) {
      track.x = input
      return
    }
    const length = (met ? overshoot : 1) * damping
    track.x = x.map((_, i) => {
      if (free[i] === 0) return input[i]!
      const next = (1 - a) * (from[i]! + length * (own[i]! - from[i]!)) + a * (input[i]! + overshoot * (origin[i]! - input[i]!))
      return bounds ? Math.min(bounds.high, Math.max(bounds.low, next)) : next
    })
  }

  /** Keeps the point if it is the nearest so far that reaches the goal. @returns its margin. */
  const record = (track: Track, x: Float32Array, logits: Float32Array): number => {
    const { margin } = judge(logits, track.toward)
    track.margin = Math.max(track.margin, margin)
    if (!(margin > 0)) return margin
    const far = distance(x, input)
    if (far < track.distance) Object.assign(track, { best: x, distance: far })
    // A step beyond the boundary may be farther than a start that lies on it, and its line to the input still meet it nearer.
    const estimate = (far * -marginBelow) / (margin - marginBelow)
    if (estimate < track.estimate) Object.assign(track, { promising: { x, margin }, estimate })
    return margin
  }

  const runTracks = async (tracks: readonly Track[]): Promise<void> => {
    for (let index = 0; index <= steps; index++) {
      await breathe(signal)
      const { logits, gradients } = await marginGradients(network, tracks.map(({ x }) => x), index < steps ? (row, values) => judge(values, tracks[row]!.toward) : undefined)
      tracks.forEach((track, row) => {
        record(track, track.x, rowAt(logits, row))
        if (gradients) step(track, rowAt(logits, row), rowAt(gradients, row), index === 0 && track.warm)
      })
    }
    await shorten(tracks.filter(({ promising, distance: far }) => promising && far > 0))
  }

  /** The last part of the way: along the line from x to the most promising point, to where the margins of its ends say that it meets the boundary. */
  const shorten = async (found: readonly Track[]): Promise<void> => {
    const ends = found.map(({ promising }) => ({ whole: promising!.x, below: 0, above: 1, marginBelow, marginAbove: promising!.margin }))
    for (let index = 0; index < cuts && found.length > 0; index++) {
      await breathe(signal)
      const parts = ends.map(({ below, above, marginBelow, marginAbove }) => {
        const part = below + (above - below) * Math.min(1, (beyond * -marginBelow) / (marginAbove - marginBelow))
        return part < above ? part : (below + above) / 2
      })
      const points = ends.map(({ whole }, row) => whole.map((value, i) => input[i]! + parts[row]! * (value - input[i]!)))
      const { logits } = await marginGradients(network, points, undefined)
      found.forEach((track, row) => {
        const margin = record(track, points[row]!, rowAt(logits, row))
        Object.assign(ends[row]!, margin > 0 ? { above: parts[row], marginAbove: margin } : { below: parts[row], marginBelow: margin })
      })
    }
  }

  return async (free, from) => {
    const tracks = eachRow(free).flatMap((mask, row): Track[] => {
      const x = from ? rowAt(from, row) : input
      return (from ? [undefined] : nearestClasses(mask)).map((toward) => ({ row, free: mask, toward, x, warm: from !== undefined, failed: 0, best: undefined, distance: Infinity, promising: undefined, estimate: Infinity, margin: -Infinity }))
    })
    for (let first = 0; first < tracks.length; first += batchRows) await runTracks(tracks.slice(first, first + batchRows))
    const best = eachRow(free).map(() => ({ x: input, distance: Infinity, margin: -Infinity }))
    for (const { row, best: x, distance: far, margin } of tracks) {
      const before = best[row]!
      best[row] = { ...(far < before.distance ? { x: x!, distance: far } : before), margin: Math.max(margin, before.margin) }
    }
    return { inputs: stackRows(best.map(({ x }) => x), inputShape), succeeded: best.map((row) => Number.isFinite(row.distance)), distances: best.map((row) => row.distance), margins: best.map(({ margin }) => margin) }
  }

  function bestOther(logits: Float32Array, own: number): number {
    let best = own === 0 ? 1 : 0
    for (let index = best + 1; index < classCount; index++) if (index !== own && logits[index]! > logits[best]!) best = index
    return best
  }
}

/** Logits, and each row's gradient of the difference of two of them; none where no pair is asked for. The memory is the caller's. */
async function marginGradients(network: Network, rows: readonly Float32Array[], pairOf: ((row: number, logits: Float32Array) => { readonly up: number; readonly down: number }) | undefined): Promise<{ readonly logits: Rows; readonly gradients: Rows | undefined }> {
  const stacked = stackRows(rows, network.inputShape)
  const x = tf.tensor(stacked.data, [...stacked.shape])
  const activations = forward(network, x)
  try {
    const logits: Rows = { shape: [rows.length, network.classCount], data: (await activations.output.data()) as Float32Array }
    if (!pairOf) return { logits, gradients: undefined }
    const seed = new Float32Array(logits.data.length)
    rows.forEach((_, row) => {
      const { up, down } = pairOf(row, rowAt(logits, row))
      seed[row * network.classCount + up] = 1
      seed[row * network.classCount + down] = -1
    })
    const gradient = tf.tidy(() => backward(network, activations, tf.tensor(seed, [...logits.shape]))[0]!)
    try {
      return { logits, gradients: { shape: stacked.shape, data: (await gradient.data()) as Float32Array } }
    } finally {
      gradient.dispose()
    }
  } finally {
    activations.dispose()
    x.dispose()
  }
}

/** F_c - F_y as a linear function around x, c being the best other class there: the nearest part of the decision boundary, roughly. */
export async function decisionPlane(network: Network, x: Float32Array, own: number): Promise<Plane> {
  const { logits } = await marginGradients(network, [x], undefined)
  const [nearest] = await planesAt(network, x, own, logits.data, 1)
  return { at: x, value: nearest!.margin, gradient: nearest!.gradient }
}

/** F_c - F_y and its gradient at x, of the best other classes c. */
async function planesAt(network: Network, input: Float32Array, own: number, logits: Float32Array, most = classesCompared): Promise<readonly { readonly toward: number; readonly margin: number; readonly gradient: Float32Array }[]> {
  const others = Array.from(logits.keys()).filter((index) => index !== own).sort((a, b) => logits[b]! - logits[a]!).slice(0, most)
  const { gradients } = await marginGradients(network, others.map(() => input), (row) => ({ up: others[row]!, down: own }))
  return others.map((toward, row) => ({ toward, margin: logits[toward]! - logits[own]!, gradient: rowAt(gradients!, row) }))
}
