import { breathe, defineExtension, judgeNeighbours, option, type Randomness, type Rows, type Sampler, type SamplerContext } from '@touchstone/core'
import { networkOf, valueAndGradient, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import * as z from 'zod/mini'
import { refused, similarOptions, similarTo } from './similar.js'

/** A row is done when its logit is within this share of delta of its level. */
const tolerance = 0.01

const share = z.number('expected a number').check(z.gt(0, 'expected a number above 0'))

/**
 * `level-set`: neighbours whose logit is at a level drawn evenly, found by Newton steps instead of a generator. For neighbour number m: a level t ~ U(-delta, delta), a
 * start x~ = clip(x + u) with u in a random direction, its length drawn evenly between `nearest` and `farthest`; then
 *
 *     x~ <- clip(x~ + (dF - t) / ||g||^2 g),  dF = F_y(x) - F_y(x~),  g = dF_y(x~)/dx~,
 *
 * no step longer than a quarter of `farthest`, until |dF - t| <= delta / 100 or the steps are used up. Lengths are those of a change by that share of the dataset's
 * range in every value: times the range and the root of the number of values. What does not end in the set of similar inputs is rejected, with the reason.
 *
 * A neighbour depends on the example, the seed and its number alone. The set is that of equation 1 of Kiourti et al., 2025; the way to it is not theirs, so it shows
 * what of a score comes from their generator.
 */
export const levelSet = defineExtension({
  kind: 'sampler',
  name: 'level-set',
  summary: 'inputs of a similar logit, by steps from random places onto levels of it',
  citation: 'Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025, equation 1',
  traits: { dependsOn: 'model' },
  options: {
    ...similarOptions,
    nearest: option(share, { summary: 'how short the way to a start may be, root mean square over values', default: 0.01, unit: "share of the dataset's range" }),
    farthest: option(share, { summary: 'how long it may be', default: 0.07, unit: "share of the dataset's range" }),
    steps: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(10_000, 'expected at most 10000')), { summary: 'steps at most', default: 20, unit: 'steps' }),
  },
  check: ({ nearest, farthest }) => ((nearest as number) > (farthest as number) ? [{ option: 'nearest' as const, message: `expected at most farthest, ${farthest as number}, found ${nearest as number}` }] : []),
  cost: ({ steps }) => ({ rows: steps + 1, adaptive: true }),
  create: (options): Sampler => ({
    fits: (model) => void networkOf(model),
    sample: async (context, count) => {
      const { delta, rules, missing } = similarTo(context, options)
      if (missing !== undefined) return refused(context, missing, count)
      const { example, dataset: { range: { low, high } }, randomness, batchRows } = context
      const unit = (high - low) * Math.sqrt(example.input.length)
      const inputs: Float32Array[] = []
      for (let from = 0; from < count; from += batchRows) {
        const starts = Array.from({ length: Math.min(batchRows, count - from) }, (_, row) => startOf(example.input, randomness, from + row, options.nearest * unit, options.farthest * unit))
        inputs.push(...(await ontoLevels(context, starts, delta, options.steps, (options.farthest * unit) / 4)))
      }
      return judgeNeighbours(context, inputs, rules)
    },
  }),
})

/** A way on its way to its level; t in shares of delta, from -1 to 1. */
interface Walker {
  readonly x: Float32Array
  readonly t: number
}

function startOf(input: Float32Array, randomness: Randomness, draw: number, nearest: number, farthest: number): Walker {
  const [level, length] = randomness.uniforms('@touchstone/osr-gan level-set', draw, 2) as unknown as [number, number]
  const way = randomness.normals('@touchstone/osr-gan level-set', draw, input.length)
  const scale = (nearest + length * (farthest - nearest)) / Math.sqrt(way.reduce((sum, value) => sum + value * value, 0))
  return { x: input.map((value, i) => value + scale * way[i]!), t: 2 * level - 1 }
}

/** Moves every walker until it is at its level; each by itself, whatever others are beside it. */
async function ontoLevels({ model, outputs, target, dataset: { range }, signal }: SamplerContext, walkers: readonly Walker[], delta: number, steps: number, longest: number): Promise<Float32Array[]> {
  const network = networkOf(model)
  const clip = (value: number): number => Math.min(range.high, Math.max(range.low, value))
  for (const { x } of walkers) x.forEach((value, i) => (x[i] = clip(value)))
  let moving = walkers
  for (let step = 0; step < steps && moving.length > 0; step++) {
    await breathe(signal)
    const { values, gradients } = await targetGradients(network, { shape: [moving.length, ...network.inputShape], data: concatenated(moving) }, target)
    moving = moving.filter(({ x, t }, row) => {
      const missing = outputs[target]! - values[row]! - t * delta
      if (Math.abs(missing) <= tolerance * delta) return false
      const g = gradients.subarray(row * x.length, (row + 1) * x.length)
      const square = g.reduce((sum, value) => sum + value * value, 0)
      if (square === 0) return false
      const most = longest / Math.sqrt(square)
      const size = Math.min(most, Math.max(-most, missing / square))
      for (let i = 0; i < x.length; i++) x[i] = clip(x[i]! + size * g[i]!)
      return true
    })
  }
  return walkers.map(({ x }) => x)
}

/** F_y of every row and its gradient. */
async function targetGradients(network: Network, rows: Rows, target: number): Promise<{ readonly values: Float32Array; readonly gradients: Float32Array }> {
  const count = rows.shape[0]!
  const x = tf.tensor(rows.data, [...rows.shape])
  const { logits, gradients } = valueAndGradient(network, x, new Array<number>(count).fill(target))
  try {
    const [all, gradient] = (await Promise.all([logits.data(), gradients[0]!.data()])) as [Float32Array, Float32Array]
    return { values: Float32Array.from({ length: count }, (_, row) => all[row * network.classCount + target]!), gradients: gradient }
  } finally {
    tf.dispose([x, logits, ...gradients])
  }
}

function concatenated(walkers: readonly Walker[]): Float32Array {
  const data = new Float32Array(walkers.length * walkers[0]!.x.length)
  walkers.forEach(({ x }, row) => data.set(x, row * x.length))
  return data
}
