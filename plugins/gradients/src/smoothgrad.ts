import { breathe, defineExtension, hash, option, ref, rowAt, sizeOf, type Attributer, type Randomness } from '@touchstone/core'
import * as z from 'zod/mini'

/** How maps of noisy copies become one. */
export type SmoothGradVariant = 'mean' | 'squared' | 'variance'

export interface SmoothGradOptions {
  /** The method that is smoothed. */
  readonly attributer: Attributer
  readonly variant: SmoothGradVariant
  /** Noisy copies of each input. */
  readonly samples: number
  /** The standard deviation of the noise on each value, in units of `relativeTo`. */
  readonly sd: number
  /** What `sd` is a share of: max(x) - min(x) of each input, or nothing. */
  readonly relativeTo: 'range' | 'none'
  /** Whether an input and its neighbours get the same draws, or every input draws of its own. */
  readonly noise: 'shared' | 'independent'
}

/** Takes the maps of one input's copies in order of their draws, in double precision, and gives what they come to. */
interface Summary {
  /** The map stands in `maps` from `from` on. */
  readonly add: (maps: Float32Array, from: number) => void
  readonly result: () => Float32Array
}

// Plain loops: a function called for every value takes as long as the noise itself.
const summaries: Readonly<Record<SmoothGradVariant, (size: number) => Summary>> = {
  /** 1/n sum_k a_k */
  mean: (size) => average(size, (sums, maps, from) => {
    for (let i = 0; i < size; i++) sums[i]! += maps[from + i]!
  }),
  /** 1/n sum_k a_k^2 */
  squared: (size) => average(size, (sums, maps, from) => {
    for (let i = 0; i < size; i++) sums[i]! += maps[from + i]! * maps[from + i]!
  }),
  /** 1/n sum_k (a_k - mean a)^2, by Welford's updates: exactly 0 where all maps are equal. */
  variance: (size) => {
    const mean = new Float64Array(size)
    return average(size, (squares, maps, from, n) => {
      for (let i = 0; i < size; i++) {
        const a = maps[from + i]!
        const before = a - mean[i]!
        mean[i]! += before / n
        squares[i]! += before * (a - mean[i]!)
      }
    })
  },
}

/** Sums divided by the number of maps: `addTo` adds the n-th map to them. */
function average(size: number, addTo: (sums: Float64Array, maps: Float32Array, from: number, n: number) => void): Summary {
  const sums = new Float64Array(size)
  let n = 0
  return {
    add: (maps, from) => {
      addTo(sums, maps, from, ++n)
    },
    result: () => {
      const result = new Float32Array(size)
      for (let i = 0; i < size; i++) result[i] = sums[i]! / n
      return result
    },
  }
}

/**
 * The attributer behind `smoothgrad`, around any other. Rows go through in chunks of `batchRows`; of fewer rows, as many draws at a time as fit. Draw by
 * draw, since neighbours that come one after the other share each draw's noise.
 */
export function smoothGradAttributer({ attributer, variant, samples, sd, relativeTo, noise }: SmoothGradOptions): Attributer {
  return {
    attribute: async ({ inputs, targets, randomness, batchRows, ...request }) => {
      const rowShape = inputs.shape.slice(1)
      const size = sizeOf(rowShape)
      const count = inputs.shape[0]!
      const data = new Float32Array(inputs.data.length)

      for (let first = 0; first < count; first += batchRows) {
        const rows = Array.from({ length: Math.min(batchRows, count - first) }, (_, i) => {
          const x = rowAt(inputs, first + i)
          const purpose = noise === 'shared' ? '@touchstone/smoothgrad' : `@touchstone/smoothgrad ${hash(x)}`
          return { row: first + i, x, sigma: relativeTo === 'range' ? sd * rangeOf(x) : sd, purpose, randomness: randomness[first + i]!, summary: summaries[variant](size) }
        })
        const normals = lastKept()
        const drawsAtOnce = Math.max(1, Math.floor(batchRows / rows.length))
        for (let from = 0; from < samples; from += drawsAtOnce) {
          const draws = Array.from({ length: Math.min(drawsAtOnce, samples - from) }, (_, i) => from + i)
          const copies = draws.flatMap((draw) => rows.map((row) => ({ ...row, draw })))
          const noisy = new Float32Array(copies.length * size)
          for (const [at, { x, sigma, draw, ...copy }] of copies.entries()) {
            await breathe(request.signal)
            addNoise(noisy.subarray(at * size, (at + 1) * size), x, sigma, normals(copy.randomness, copy.purpose, draw, size))
          }
          const maps = await attributer.attribute({
            ...request,
            inputs: { shape: [copies.length, ...rowShape], data: noisy },
            targets: copies.map(({ row }) => targets[row]!),
            randomness: copies.map((copy) => ofDraw(copy.randomness, copy.draw)),
            batchRows,
          })
          copies.forEach(({ summary }, i) => {
            summary.add(maps.data, i * size)
          })
        }
        for (const { row, summary } of rows) data.set(summary.result(), row * size)
      }
      return { shape: inputs.shape, data }
    },
  }
}

/** The normal numbers of a draw; the last ones are kept, for the neighbour that comes next. */
function lastKept(): (randomness: Randomness, purpose: string, draw: number, count: number) => Float64Array {
  let last: { readonly randomness: Randomness; readonly purpose: string; readonly draw: number; readonly normals: Float64Array } | undefined
  return (randomness, purpose, draw, count) => {
    if (last?.randomness !== randomness || last.purpose !== purpose || last.draw !== draw) last = { randomness, purpose, draw, normals: randomness.normals(purpose, draw, count) }
    return last.normals
  }
}

/** out = x + sigma e */
function addNoise(out: Float32Array, x: Float32Array, sigma: number, e: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! + sigma * e[i]!
}

/** max(x) - min(x). */
function rangeOf(x: Float32Array): number {
  let [low, high] = [Infinity, -Infinity]
  for (const value of x) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low
}

/** Numbers of its own for each copy, so that a method that draws itself, SmoothGrad too, draws anew for each. */
function ofDraw({ uniforms, normals }: Randomness, copy: number): Randomness {
  const within = (purpose: string): string => `@touchstone/smoothgrad ${copy}: ${purpose}`
  return {
    uniforms: (purpose, draw, count) => uniforms(within(purpose), draw, count),
    normals: (purpose, draw, count) => normals(within(purpose), draw, count),
  }
}

/**
 * SmoothGrad: maps of noisy copies of the input, put together value by value, A(x) = 1/n sum_k g(x + sigma e_k) with e_k ~ N(0, 1) and g any other
 * method; without cutting copies to a range. Variant `squared` is 1/n sum_k g(x + sigma e_k)^2, `variance` (VarGrad)
 * 1/n sum_k (g(x + sigma e_k) - mean)^2. In the shape of the input; signed where `variant` is the mean and g is signed.
 *
 * The noise of draw k is the same for an example and its neighbours: a robustness score then compares two maps, not two noises, and is 0 at the
 * input itself. With `noise: 'independent'` every input draws its own, by its bytes.
 *
 * Source: Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad", 2017; squared: Hooker et al., 2019; VarGrad: Adebayo et al., 2018.
 */
export const smoothgrad = defineExtension({
  kind: 'attributer',
  name: 'smoothgrad',
  summary: 'Mean, mean square or variance of the maps of noisy copies of the input, by any other method',
  citation:
    'Smilkov, Thorat, Kim, Viégas, Wattenberg, "SmoothGrad: removing noise by adding noise", 2017; ' +
    'Hooker, Erhan, Kindermans, Kim, "A benchmark for interpretability methods in deep neural networks", NeurIPS 2019 (squared); ' +
    'Adebayo, Gilmer, Goodfellow, Kim, "Local explanation methods for deep neural networks lack sensitivity to parameter values", 2018 (VarGrad)',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: {
    attributer: ref('attributer', { summary: 'the method that is smoothed', default: 'gradient' }),
    variant: option(z.enum(['mean', 'squared', 'variance'], 'expected "mean", "squared" or "variance"'), { summary: 'what the maps of the copies come to: their mean, the mean of their squares, or their variance (VarGrad)', default: 'mean' }),
    samples: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(100_000, 'expected at most 100000')), { summary: 'noisy copies of each input', default: 50, unit: 'copies' }),
    sd: option(z.number('expected a number').check(z.gte(0, 'expected at least 0')), { summary: 'standard deviation of the noise on each value, as relativeTo says', default: 0.15 }),
    relativeTo: option(z.enum(['range', 'none'], 'expected "range" or "none"'), { summary: "what sd is a share of: max - min of the input's values, or nothing, so that it is in units of the values", default: 'range' }),
    noise: option(z.enum(['shared', 'independent'], 'expected "shared" or "independent"'), { summary: 'whether an input and its neighbours get the same noise, or every input its own', default: 'shared' }),
  },
  cost: ({ attributer, samples }) => ({ ...attributer, rows: attributer.rows * samples }),
  create: smoothGradAttributer,
})
