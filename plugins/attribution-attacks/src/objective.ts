import { featuresOf, mapSizeOf, topK, UserError, type AttributionMap, type MapSize } from '@touchstone/core'
import { tf } from '@touchstone/tensor'

/** What an attack pushes the map to. */
export type Aim = 'top-k' | 'mass-centre' | 'target'

/** What an attack climbs: a number for each row's map, the maps `[n, height, width]` being positive with mean 1. */
export type Objective = (maps: tf.Tensor3D) => tf.Tensor1D

export interface ObjectiveOptions {
  readonly aim: Aim
  /** How many of the largest pixels of the clean map are pushed down. */
  readonly k: number
  /** How far around them pixels are pushed down with them. */
  readonly w: number
  /** Where the map is pushed up: rows and columns from `top` and `left` on. */
  readonly region: Region | undefined
}

/** A rectangle of pixels. */
export interface Region {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/**
 * What is climbed from the clean map on.
 *
 * `top-k`: -sum of a_p over the k largest pixels of the clean map, with w > 0 over all pixels within w of one of them. `mass-centre`: ||C(a) - C_0||^2 with
 * C(a) = (sum_p y a_p, sum_p x a_p) / pixels, C_0 the clean map's, cut to whole pixels, so that the first step has a direction. `target`: the sum over a region.
 *
 * Source: Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019, section 3.2; w: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export function objectiveOf({ aim, k, w, region }: ObjectiveOptions, clean: AttributionMap): Objective {
  const size = mapSizeOf(clean)
  if (aim === 'top-k') return sumOver(around(topK(featuresOf(clean, 'sum-abs'), k).indices, size, w), size, -1)
  if (aim === 'mass-centre') return awayFromCentre(featuresOf(clean, 'sum-abs'), size)
  if (!region) throw new UserError('an attack that aims at a target needs a region')
  checkRegion(region, size)
  return sumOver(Float32Array.from({ length: size.height * size.width }, (_, p) => Number(inside(Math.floor(p / size.width), p % size.width, region))), size, 1)
}

/** @throws UserError for a region that does not lie in maps of a size. */
export function checkRegion({ top, left, height, width }: Region, size: MapSize): void {
  if (top + height > size.height || left + width > size.width) throw new UserError(`the region of ${height} x ${width} pixels at ${top}, ${left} does not lie in a map of ${size.height} x ${size.width}: move it, or make it smaller`)
}

/** Sums of absolute values over channels, scaled to mean 1: `[n, height, width]`, as the papers' attacks see a map. */
export function normalised(maps: tf.Tensor, { height, width }: MapSize): tf.Tensor3D {
  const sums = tf.sum(tf.reshape(tf.abs(maps), [maps.shape[0], height, width, -1]), 3)
  return tf.div(sums, tf.maximum(tf.mean(sums, [1, 2], true), 1e-20))
}

function sumOver(mask: Float32Array, { height, width }: MapSize, sign: 1 | -1): Objective {
  return (maps) => tf.mul(sign, tf.sum(tf.mul(maps, tf.tensor(mask, [1, height, width])), [1, 2]))
}

/** 1 for each of the pixels, and for those within w of one along both axes. */
function around(pixels: Uint32Array, { height, width }: MapSize, w: number): Float32Array {
  const mask = new Float32Array(height * width)
  for (const pixel of pixels) {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    for (let row = Math.max(0, y - w); row <= Math.min(height - 1, y + w); row++) mask.fill(1, row * width + Math.max(0, x - w), row * width + Math.min(width - 1, x + w) + 1)
  }
  return mask
}

function awayFromCentre(clean: Float64Array, { height, width }: MapSize): Objective {
  const total = clean.reduce((a, b) => a + b, 0) || 1
  const rows = Float32Array.from(clean, (_, p) => Math.floor(p / width))
  const columns = Float32Array.from(clean, (_, p) => p % width)
  const centreOf = (at: Float32Array): number => Math.trunc(clean.reduce((sum, value, p) => sum + value * at[p]!, 0) / total)
  const axes = [rows, columns].map((at) => ({ at, from: centreOf(at) }))
  return (maps) =>
    axes
      .map(({ at, from }) => tf.square(tf.sub(tf.mean(tf.mul(maps, tf.tensor(at, [1, height, width])), [1, 2]), from)))
      .reduce((sum, square) => tf.add(sum, square)) as tf.Tensor1D
}

const inside = (y: number, x: number, { top, left, height, width }: Region): boolean => y >= top && y < top + height && x >= left && x < left + width
