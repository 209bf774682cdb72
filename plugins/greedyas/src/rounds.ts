import { ascending } from '@touchstone/core'
import type { Norm } from '@touchstone/network'
import { ridgeRegression } from './ridge.js'
import { setValues, type FeatureSet, type Objective, type Subject } from './set-values.js'

/** How the features of a round are chosen: by regression on random sets, one by one, or all at once by a single regression. */
export type Method = 'regression' | 'greedy' | 'one-step'

/** What GreedyAS is told. */
export interface RoundsOptions {
  readonly method: Method
  readonly objective: Objective
  readonly norm: Norm
  /** Sets of features asked in a round of a regression. */
  readonly samples: number
  /** Steps of the search behind each set. */
  readonly steps: number
  /** Rows after which no round begins. */
  readonly budget: number
  /** The share of the features to choose; the others are not told apart. */
  readonly ranked: number
}

/** The state after a round. */
export interface Round {
  /** Features chosen so far, the most relevant first. */
  readonly order: readonly number[]
  /** Sets asked so far, rows they cost, and how many of them never changed the class. */
  readonly asked: { readonly sets: number; readonly rows: number; readonly unreached: number }
  readonly rowsPerSet: number
}

/** The share of the features that a round of a regression chooses. */
const shareOfRound = 0.05
/** The share of the features left that are in a random set. */
const density = { regression: 0.2, 'one-step': 0.5 } as const
/** Random sets of which fewer say nothing. */
const fewest = 8
/** Random sets of which the linear model is asked, at least and per feature left. */
const fewestLinear = 1000
const linearPerFeature = 4

/**
 * Chooses features round by round, so that eps* of the set so far becomes small (`robustness-sr`: only the set changes) or large (its complement: only the
 * others do). Gives the state after every round: whoever takes them may stop at any time with the best so far.
 *
 * A round of `greedy` asks every feature left for eps*(set + feature) and takes the best. A round of `regression` asks random sets, eps*(set + a fifth of the
 * features left), fits eps* = a + sum of w_i over their features, and takes the twentieth of all features with the best w. The fit is one of the model's linear
 * approximation at the best change so far, from many sets, plus one of what the asked sets differ from it (a control variate). `one-step` is a single such round
 * with random halves, which estimates each feature's Banzhaf value, and takes them all.
 *
 * Random sets follow from the subject's randomness. The last round has fewer sets where the budget ends.
 */
export async function* greedyRounds(subject: Subject, { method, objective, norm, samples, steps, budget, ranked }: RoundsOptions): AsyncGenerator<Round> {
  const { groups: { count }, randomness } = subject
  const values = await setValues(subject, { objective, norm, steps, budget })
  const goal = method === 'one-step' ? count : Math.max(1, Math.round(ranked * count))
  const taken = method === 'one-step' ? count : method === 'greedy' ? 1 : Math.ceil(shareOfRound * count)
  const better = objective === 'robustness-sr' ? 1 : -1
  const chosen: FeatureSet = new Uint8Array(count)
  const order: number[] = []
  let start = await values.nearest(chosen.map(() => (objective === 'robustness-sr' ? 1 : 0)))

  for (let round = 0; order.length < goal; round++) {
    const left = Array.from(chosen.keys()).filter((feature) => chosen[feature] === 0)
    const affordable = Math.floor((budget - values.asked.rows) / values.rowsPerSet)
    let weights: Float64Array
    if (method === 'greedy') {
      if (affordable < left.length) return
      weights = await values.of(left.map((feature) => chosen.with(feature, 1)), start)
    } else {
      const asked = Math.min(samples, affordable)
      if (asked < Math.min(samples, fewest)) return
      const share = density[method]
      /** Random sets, as places among the features left. */
      const draw = (purpose: string, sets: number): readonly Uint32Array[] =>
        Array.from({ length: sets }, (_, index) => placesBelow(randomness.uniforms(`@touchstone/greedyas:${purpose} ${round}`, index, left.length), share))
      const withChosen = (members: Uint32Array): FeatureSet => {
        const set = chosen.slice()
        for (const place of members) set[left[place]!] = 1
        return set
      }
      const linear = await values.linear(start ?? subject.input)
      const [drawn, many] = [draw('asked', asked), draw('linear', Math.max(fewestLinear, linearPerFeature * left.length))]
      const answers = await values.of(drawn.map(withChosen), start)
      // The linear model's answers cost no rows, so its weights come from many sets; those asked say how the network differs, as if features explained half of that.
      const ofLinear = ridgeRegression(many, left.length, many.map((members) => linear(withChosen(members))), 1)
      const ofRest = ridgeRegression(drawn, left.length, answers.map((answer, index) => answer - linear(withChosen(drawn[index]!))), left.length * share * (1 - share))
      weights = ofLinear.map((weight, place) => weight + ofRest[place]!)
    }
    const best = ascending(weights.map((weight) => better * weight))
    for (const place of best.subarray(0, Math.min(taken, goal - order.length))) {
      order.push(left[place]!)
      chosen[left[place]!] = 1
    }
    yield { order: [...order], asked: { ...values.asked }, rowsPerSet: values.rowsPerSet }
    if (order.length < goal) start = (await values.nearest(chosen, objective === 'robustness-sr' && round === 0 ? undefined : start)) ?? start
  }
}

/** The places of the numbers below `limit`; where none is, that of the smallest, since an empty set tells nothing. */
function placesBelow(numbers: Float64Array, limit: number): Uint32Array {
  const places = new Uint32Array(numbers.length)
  const smallest = numbers.reduce((a, b) => Math.min(a, b), Infinity)
  let count = 0
  for (let place = 0; place < numbers.length; place++) {
    places[count] = place
    count += Number(numbers[place]! < limit || numbers[place] === smallest)
  }
  return places.slice(0, count)
}
