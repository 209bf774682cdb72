import { defineExtension, resultOf, type ScoreContext } from '@touchstone/core'

/**
 * How good a map is for its input and the class under explanation: S = ...
 *
 * @param judged the map, the input as `example.input`, the class as `target`, and `predict` for outputs of further inputs.
 * @returns a number; NaN where there is none.
 */
export async function valueOf(judged: Pick<ScoreContext, 'model' | 'example' | 'target' | 'map' | 'predict'>): Promise<number> {
  throw new Error('write the formula: valueOf in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'score',
  name: 'my-method',
  // One line that says what it is, and the paper with its equation.
  summary: '',
  citation: '',
  // Which values are good, and which question it answers: robustness, faithfulness, complexity or sanity. The direction stands again below.
  traits: { direction: 'higher', judges: 'faithfulness' },
  // How many rows one value sends through the model, from the options and the shape of an input: ({}, inputShape) => ({ rows: ... })
  cost: () => {
    throw new Error('write how many model rows a value takes: cost in src/my-method.ts')
  },
  create: () => ({
    direction: 'higher',
    score: async (context) => {
      context.signal?.throwIfAborted()
      return resultOf(await valueOf(context))
    },
  }),
})
