import { argmax, channelsOption, defineExtension, featuresOf, isConstant, option, resultOf, schemaOf, undefinedResult, UserError, type Direction, type Result, type ScoreContext } from '@touchstone/core'
import { bisectionSearch, boundarySearch, largestMove, nearer, networkOf, type MaskedSearch, type Norm } from '@touchstone/network'
import * as z from 'zod/mini'
import { meanHeight, nestedChanges } from './curve.js'
import { maskOf, ranking } from './nested-sets.js'

/** What counts as changed: any other class, the second best at x, or one class. */
export type Reach = 'any' | 'runner-up' | number

const isReach = (value: unknown): value is Reach => value === 'any' || value === 'runner-up' || (Number.isSafeInteger(value) && (value as number) >= 0)

const isPoints = (value: unknown): value is readonly number[] => Array.isArray(value) && value.length > 0 && value.every((point) => typeof point === 'number' && point >= 0 && (point < 1 || Number.isSafeInteger(point)))

/** Ten shares, a twentieth apart. */
const sharesFrom = (first: number): readonly number[] => Array.from({ length: 10 }, (_, index) => (index + first) / 20)

const atLeastOne = z.int('expected a whole number').check(z.gte(1, 'expected at least 1'))

const optionsFrom = (firstPoint: number) => ({
  points: option(schemaOf(isPoints, 'expected a list of shares in [0, 1) or whole numbers of features'), {
    summary: 'where on the curve it is asked: how many of the most relevant features, as shares of them all or as whole numbers, from the fewest',
    default: sharesFrom(firstPoint),
    unit: 'features, or share of the features',
  }),
  channels: channelsOption,
  norm: option(z.enum(['l2', 'linf'], 'expected l2 or linf'), { summary: 'how a change is measured: its Euclidean length, or its largest value', default: 'l2' }),
  reach: option(schemaOf(isReach, 'expected "any", "runner-up" or the index of a class'), { summary: 'what the change is to reach: any other class, the second best at the input, or the class of an index', default: 'any' }),
  attack: option(z.enum(['boundary', 'bisection'], 'expected boundary or bisection'), {
    summary: 'how changes are searched for: along the boundary (fast), or by bisection of the radius with projected gradient descent at each (the reference)',
    default: 'boundary',
  }),
  steps: option(atLeastOne, { summary: 'steps of one search, or of one descent', default: 20, unit: 'rows' }),
  starts: option(atLeastOne, { summary: 'searches per point: towards the planes of so many other classes, or descents from so many places', default: 3 }),
})

interface Options {
  readonly points: readonly number[]
  readonly channels: 'sum-abs' | 'sum' | 'keep'
  readonly norm: Norm
  readonly reach: Reach
  readonly attack: 'boundary' | 'bisection'
  readonly steps: number
  readonly starts: number
}

/** Halvings of the radius: from the largest change to about a 16,000th of it. */
const bisections = 14

const rowsFor = ({ points, attack, steps, starts }: Pick<Options, 'points' | 'attack' | 'steps' | 'starts'>): number =>
  attack === 'boundary' ? 11 + points.length * ((starts + 1) * (steps + 5) + 2 * 41 * (bisections + 1)) : points.length * starts * (steps + 1) * (bisections + 1)

/** How many features each point means. @throws UserError where they do not grow, or there are not so many. */
function countsOf(points: readonly number[], features: number): readonly number[] {
  const counts = points.map((point) => (point < 1 && point > 0 ? Math.max(1, Math.round(point * features)) : point))
  const wrong = counts.find((count, index) => count > features || count < (counts[index - 1] ?? 0))
  if (wrong !== undefined) throw new UserError(`points = [${points.join(', ')}] of ${features} features are [${counts.join(', ')}]: expected numbers that grow, up to ${features}`)
  return counts
}

async function searchFor({ model, example, target, dataset, randomness, batchRows, signal }: ScoreContext, goal: number | undefined, cap: number, { norm, attack, steps, starts }: Options): Promise<MaskedSearch> {
  const network = networkOf(model)
  const options = { norm, bounds: dataset.range, batchRows, steps, ...(goal !== undefined && { targeted: true }), ...(signal && { signal }) }
  const of = goal ?? target
  if (attack === 'boundary') {
    const fast = await boundarySearch(network, example.input, of, { ...options, starts })
    const slow = bisectionSearch(network, example.input, of, { ...options, steps: 40, loss: 'margin', maximum: cap, bisections })
    // Where the fast search finds nothing, small steps may.
    return async (free, from) => {
      const found = await fast(free, from)
      return found.succeeded.every(Boolean) ? found : nearer(found, await slow(free))
    }
  }
  return bisectionSearch(network, example.input, of, { ...options, loss: 'logit', restarts: starts, maximum: cap, bisections, randomness })
}

const scoreOf = (side: 'relevant' | 'irrelevant', options: Options) => async (context: ScoreContext): Promise<Result> => {
  const { model, example, outputs, target, map, dataset, randomness } = context
  const { points, channels, norm, reach, attack } = options
  if (argmax(outputs) !== target) return undefinedResult('the model does not predict the class under explanation, so there is nothing to change')
  const goal = goalOf(reach, outputs)
  if (goal === target) return undefinedResult('the class to reach is the one that is predicted')
  const features = featuresOf(map, channels)
  if (isConstant(features)) return undefinedResult('the map is constant: it ranks no feature before another')

  const order = ranking(features, randomness)
  const counts = countsOf(points, features.length)
  const masks = counts.map((k) => maskOf(order, k, side, example.input.length))
  const cap = largestMove(example.input, dataset.range, norm)
  const search = await searchFor(context, goal, cap, options)
  // From the smallest set that may change to the largest.
  const nested = side === 'relevant' ? masks : masks.toReversed()
  const { distances, succeeded } = await nestedChanges(search, nested, model.inputShape, attack === 'boundary')
  const capped = distances.map((distance) => Math.min(distance, cap))
  const x = counts.map((k) => k / features.length)
  const y = side === 'relevant' ? capped : capped.toReversed()
  return resultOf(meanHeight(x, y), { curve: { x, y }, diagnostics: { 'points never reached': succeeded.filter((success) => !success).length, 'largest change': cap } })
}

function goalOf(reach: Reach, outputs: Float32Array): number | undefined {
  if (reach === 'any') return undefined
  if (reach === 'runner-up') return argmax(outputs.map((value, index) => (index === argmax(outputs) ? -Infinity : value)))
  return classToReach(reach, outputs.length)
}

/** @throws UserError for a class that the model does not know. */
function classToReach<R extends Reach>(reach: R, classCount: number): R {
  if (typeof reach === 'number' && reach >= classCount) throw new UserError(`reach: class ${reach} does not exist: the model knows 0 to ${classCount - 1}`)
  return reach
}

const citation = 'Hsieh, Yeh, Liu, Ravikumar, Kim, Kumar, Hsieh, "Evaluations and methods for explanation through robustness analysis", ICLR 2021'

const define = (name: string, direction: Direction, side: 'relevant' | 'irrelevant', summary: string) =>
  defineExtension({
    kind: 'score',
    name,
    summary,
    citation,
    traits: { direction, judges: 'faithfulness', curve: { x: 'k, most relevant features', y: 'smallest change' } },
    // A curve of the irrelevant features starts where all of them may change.
    options: optionsFrom(side === 'relevant' ? 1 : 0),
    cost: (options) => ({ rows: rowsFor(options), adaptive: true }),
    create: (options) => ({
      direction,
      fits: (model) => {
        networkOf(model)
        classToReach(options.reach, model.classCount)
      },
      score: scoreOf(side, options),
    }),
  })

/**
 * Robustness-S_r: eps*(k) = min ||d|| such that x + d is of another class, d is 0 outside of the k most relevant features, and x + d stays in the range of the
 * dataset; the mean height of eps* over the share of features, in input units. Lower is better: what matters most should take the least to change the class.
 *
 * A search gives an upper bound of eps*; with more features it never grows. Where nothing is found eps* counts as the largest change within the range, that of
 * all values, and the diagnostics count it. Undefined where the model does not predict the class under explanation, or the map is constant.
 *
 * Source: Hsieh et al., "Evaluations and methods for explanation through robustness analysis", ICLR 2021. There features are ranked by |A|, as by `channels`
 * 'sum-abs' here; 'sum' ranks by signed values.
 */
export const robustnessSr = define('robustness-sr', 'lower', 'relevant', 'Smallest change of the k most relevant features alone that changes the class, as the mean height of the curve over k')

/** The complement: d is 0 on the k most relevant features. Higher is better: with what matters held, the class should be hard to change. */
export const robustnessSrComplement = define('robustness-sr-complement', 'higher', 'irrelevant', 'Smallest change that changes the class while the k most relevant features stay, as the mean height of the curve over k')
