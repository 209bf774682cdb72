import { featuresOf, mapSizeOf, sizeOf, topK, UserError, type AttributionMap, type MapSize, type Model } from '@touchstone/core'
import { tf } from '@touchstone/tensor'

/** What an attack pushes the map to. */
export type Aim = 'top-k' | 'mass-centre' | 'target'

/** What an attack climbs. */
export interface Objective {
  /** What it has to know of a clean map: so many numbers for each map of a model. */
  readonly known: (clean: AttributionMap) => Float32Array
  /** A number for each row's map, `[n]`; the maps `[n, height, width]` are positive with mean 1, `known` has a row for each. */
  readonly value: (maps: tf.Tensor3D, known: tf.Tensor2D) => tf.Tensor1D
}

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
 * What is climbed from a clean map on, of a size.
 *
 * `top-k`: -sum of a_p over the k largest pixels of the clean map, with w > 0 over all pixels within w of one of them. `mass-centre`: ||C(a) - C_0||^2 with
 * C(a) = (sum_p y a_p, sum_p x a_p) / pixels, C_0 the clean map's, cut to whole pixels, so that the first step has a direction. `target`: the sum over a region.
 *
 * Source: Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019, section 3.2; w: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export function objectiveOf({ aim, k, w, region }: ObjectiveOptions, size: MapSize): Objective {
  if (aim === 'top-k') return sumOver((clean) => around(topK(featuresOf(clean, 'sum-abs'), k).indices, size, w), size, -1)
  if (aim === 'mass-centre') return awayFromCentre(size)
  if (!region) throw new UserError('an attack that aims at a target needs a region')
  checkRegion(region, size)
  const inRegion = Float32Array.from({ length: size.height * size.width }, (_, p) => Number(inside(Math.floor(p / size.width), p % size.width, region)))
  return sumOver(() => inRegion, size, 1)
}

/** @throws UserError for a region that does not lie in maps of a size. */
export function checkRegion({ top, left, height, width }: Region, size: MapSize): void {
  if (top + height > size.height || left + width > size.width) throw new UserError(`the region of ${height} x ${width} pixels at ${top}, ${left} does not lie in a map of ${size.height} x ${size.width}: move it, or make it smaller`)
}

/** Of the maps that methods make of a model. */
export function mapSizeOn({ inputShape }: Model): MapSize {
  return mapSizeOf({ shape: inputShape, data: new Float32Array(sizeOf(inputShape)) })
}

/** Sums of absolute values over channels, scaled to mean 1: `[n, height, width]`, as the papers' attacks see a map. */
export function normalised(maps: tf.Tensor, { height, width }: MapSize): tf.Tensor3D {
  const sums = tf.sum(tf.reshape(tf.abs(maps), [maps.shape[0], height, width, -1]), 3)
  return tf.div(sums, tf.maximum(tf.mean(sums, [1, 2], true), 1e-20))
}

/** The sum over a mask, that is 1 or 0 for each pixel. */
function sumOver(mask: Objective['known'], { height, width }: MapSize, sign: 1 | -1): Objective {
  return { known: mask, value: (maps, masks) => tf.mul(sign, tf.sum(tf.mul(maps, tf.reshape(masks, [-1, height, width])), [1, 2])) }
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

function awayFromCentre({ height, width }: MapSize): Objective {
  const pixels = Array.from({ length: height * width }, (_, p) => p)
  const axes = [Float32Array.from(pixels, (p) => Math.floor(p / width)), Float32Array.from(pixels, (p) => p % width)]
  return {
    known: (map) => {
      const clean = featuresOf(map, 'sum-abs')
      const total = clean.reduce((a, b) => a + b, 0) || 1
      return Float32Array.from(axes, (at) => Math.trunc(clean.reduce((sum, value, p) => sum + value * at[p]!, 0) / total))
    },
    value: (maps, centres) =>
      axes
        .map((at, axis) => tf.square(tf.sub(tf.mean(tf.mul(maps, tf.tensor(at, [1, height, width])), [1, 2]), tf.reshape(tf.slice(centres, [0, axis], [-1, 1]), [-1]))))
        .reduce((sum, square) => tf.add(sum, square)) as tf.Tensor1D,
  }
}

const inside = (y: number, x: number, { top, left, height, width }: Region): boolean => y >= top && y < top + height && x >= left && x < left + width
