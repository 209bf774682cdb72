import { argmax, defineExtension, featureGroupsOption, groupFeatures, option, rowAt, UserError, type Attributer, type FeatureChoice } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import * as z from 'zod/mini'
import { greedyRounds, type Round, type RoundsOptions } from './rounds.js'

export interface GreedyAsOptions extends RoundsOptions {
  readonly features: FeatureChoice
}

/** The attributer behind `greedyas`. */
export function greedyAsAttributer({ features, ...options }: GreedyAsOptions): Attributer {
  return {
    fits: (model) => {
      networkOf(model)
      groupFeatures(features, model.inputShape, 'greedyas')
    },
    attribute: async ({ model, inputs, targets, randomness, batchRows, reference, signal }) => {
      const network = networkOf(model)
      const groups = groupFeatures(features, model.inputShape, 'greedyas')
      const count = inputs.shape[0] ?? 0
      const data = new Float32Array(inputs.data.length)
      const diagnostics = { 'sets-asked': new Array<number>(count).fill(0), 'rows-asked': new Array<number>(count).fill(0), 'sets-never-reached': new Array<number>(count).fill(0), 'features-ranked': new Array<number>(count).fill(0) }
      if (count === 0) return { shape: inputs.shape, data, diagnostics }
      if (!reference) throw new UserError('greedyas: changed inputs stay in the range of the data: an evaluation takes its dataset; from code, give the request a dataset as `reference`')
      const outputs = await model.predict(inputs)
      for (let row = 0; row < count; row++) {
        signal?.throwIfAborted()
        // Of a class that is not predicted there is nothing to change: every value stays 0.
        if (argmax(rowAt(outputs, row)) !== targets[row]) continue
        const subject = { network, input: rowAt(inputs, row), target: targets[row]!, groups, bounds: reference.range, randomness: randomness[row]!, batchRows, ...(signal && { signal }) }
        let last: Round | undefined
        for await (const round of greedyRounds(subject, options)) last = round
        if (!last) throw new UserError(`greedyas: budget = ${options.budget} rows end before the first round, in which a set of features costs up to ${options.steps + 5} rows: raise budget, or make fewer features`)
        diagnostics['sets-asked'][row] = last.asked.sets
        diagnostics['rows-asked'][row] = last.asked.rows
        diagnostics['sets-never-reached'][row] = last.asked.unreached
        diagnostics['features-ranked'][row] = last.order.length
        rowAt({ shape: inputs.shape, data }, row).set(rankMap(last.order, groups.of, groups.count))
      }
      return { shape: inputs.shape, data, diagnostics }
    },
  }
}

/** 1 - place / count for every value of a chosen feature, 0 for the others. */
export function rankMap(order: readonly number[], of: Int32Array, count: number): Float32Array {
  const values = new Float64Array(count)
  order.forEach((feature, place) => (values[feature] = 1 - place / count))
  return Float32Array.from(of, (feature) => values[feature]!)
}

const wholeFrom = (least: number) => z.int('expected a whole number').check(z.gte(least, `expected at least ${least}`))

/**
 * GreedyAS: the set of features whose change is best at changing the class, built up greedily; A(x)_i = 1 - place / count for the feature of i by the order
 * in which it was chosen, 0 for features that were not, in the shape of the input. Not signed. With objective `robustness-sr` the features chosen are those
 * that, changed alone, take the smallest change to leave the class; with `robustness-sr-complement` those that, held, make it the largest.
 *
 * eps* of a set is searched for by a few steps along the decision boundary, from the best that is known of the set so far, and by bisection where these find nothing and
 * the budget pays for it. Zeros for a class that the model does not predict. Where `budget` ends, features chosen by then are told apart.
 *
 * Source: Hsieh et al., "Evaluations and methods for explanation through robustness analysis", ICLR 2021.
 */
export const greedyAs = defineExtension({
  kind: 'attributer',
  name: 'greedyas',
  summary: 'Greedily chosen features whose smallest change changes the class: values by the order of choice',
  citation: 'Hsieh, Yeh, Liu, Ravikumar, Kim, Kumar, Hsieh, "Evaluations and methods for explanation through robustness analysis", ICLR 2021',
  traits: { signed: false, needs: ['network'], differentiable: 'no' },
  options: {
    features: featureGroupsOption,
    method: option(z.enum(['regression', 'greedy', 'one-step'], 'expected regression, greedy or one-step'), {
      summary: 'how features are chosen: a twentieth per round by regression on random sets, one per round by asking each, or all by one regression on random halves',
      default: 'regression',
    }),
    objective: option(z.enum(['robustness-sr', 'robustness-sr-complement'], 'expected robustness-sr or robustness-sr-complement'), {
      summary: 'what the set is to make small, the change of its own features, or large, the change of all others',
      default: 'robustness-sr',
    }),
    norm: option(z.enum(['l2', 'linf'], 'expected l2 or linf'), { summary: 'how a change is measured: its Euclidean length, or its largest value', default: 'l2' }),
    samples: option(wholeFrom(8), { summary: 'random sets per round of a regression', default: 100, unit: 'sets' }),
    steps: option(wholeFrom(1), { summary: 'steps of the search behind each set', default: 5, unit: 'rows' }),
    budget: option(wholeFrom(1), { summary: 'rows after which no round begins', default: 50_000, unit: 'rows' }),
    ranked: option(z.number('expected a number').check(z.gt(0, 'expected more than 0'), z.lte(1, 'expected at most 1')), { summary: 'the share of the features that is ranked; one-step ranks all', default: 0.5 }),
  },
  // Beyond the budget: what is asked before the first round, and the last search for a start.
  cost: ({ budget, steps }) => ({ rows: budget + steps + 300, adaptive: true }),
  create: greedyAsAttributer,
})
