import { tensor, util } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'

/** The values of a tensor, on no backend yet. */
export interface Values {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Numbers in [0, 1), the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    // The low bits of this generator hardly vary.
    return Math.fround((state >>> 8) / 2 ** 24)
  }
}

/** Values in [-1, 1). */
export function randomValues(shape: readonly number[], seed = 1): Values {
  const next = randomNumbers(seed * 7919 + shape.reduce((mixed, size) => mixed * 31 + size, 17))
  return { shape, data: Float32Array.from({ length: util.sizeFromShape([...shape]) }, () => next() * 2 - 1) }
}

/** The values as a tensor on the current backend; typed as images, of whatever rank it is. */
export function toTensor({ shape, data }: Values): Tensor4D {
  return tensor(data.slice(), [...shape] as Tensor4D['shape'])
}
