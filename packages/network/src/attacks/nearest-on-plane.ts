import type { AttackOptions, Norm } from './attack.js'

/** Where a function that is linear around `at` becomes 0: value + gradient (z - at) = 0. */
export interface Plane {
  readonly at: Float32Array
  readonly value: number
  readonly gradient: Float32Array
}

/** A piecewise linear function has so few pieces on the way that this is never reached but by rounding. */
const mostPieces = 100

/** Working memory: the values that may move. */
let moving = new Uint32Array(1024)

/**
 * The point of the plane nearest to `origin` among those that differ from it in free values and lie in the bounds, into `z`: z_i = clip(origin_i + s d_i) with
 * d the gradient (l2) or its signs (linf), at the s where the plane is met. The way there is piecewise linear and bends one way, so Newton's steps end on it.
 *
 * @returns whether the plane is met; if not, `z` is the nearest to it.
 */
export function nearestOnPlane(origin: Float32Array, { at, value, gradient }: Plane, free: Float32Array, norm: Norm, bounds: AttackOptions['bounds'], z: Float32Array): boolean {
  const { low, high } = bounds ?? { low: -Infinity, high: Infinity }
  z.set(origin)
  if (moving.length < z.length) moving = new Uint32Array(z.length)
  let count = 0
  let gap = value
  /** What the values that stay leave of the gap. */
  let rest = value
  let slope = 0
  for (let i = 0; i < z.length; i++) {
    const g = gradient[i]!
    const moves = Number(free[i] !== 0) * Number(g !== 0)
    const part = g * (origin[i]! - at[i]!)
    gap += part
    rest += (1 - moves) * part
    slope += moves * (norm === 'l2' ? g * g : Math.abs(g))
    moving[count] = i
    count += moves
  }
  const way = gap > 0 ? -1 : 1
  const scale = Math.abs(value) + Math.abs(gap)
  for (let s = 0, piece = 0; piece < mostPieces; piece++) {
    if (Math.abs(gap) <= 1e-5 * scale) return true
    if (!(slope > 0) || gap * way > 0) return gap * way > 0
    s += Math.abs(gap) / slope
    gap = rest
    slope = 0
    for (let place = 0; place < count; place++) {
      const i = moving[place]!
      const g = gradient[i]!
      const d = norm === 'l2' ? g : Math.sign(g)
      const moved = origin[i]! + way * s * d
      if (moved <= low) z[i] = low
      else if (moved >= high) z[i] = high
      else {
        z[i] = moved
        slope += g * d
      }
      gap += g * (z[i] - at[i]!)
    }
  }
  return true
}
