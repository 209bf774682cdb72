import { definePreset } from '@touchstone/core'

const reference = { attack: 'bisection', steps: 200, starts: 8 }

/** `robustness-sr` by bisection of the radius and projected gradient descent on the logit: 200 steps, 8 starts: some 24,000 rows a point, 240 times those of the fast search. */
export const robustnessSrReference = definePreset({
  kind: 'score',
  name: 'robustness-sr-reference',
  use: 'robustness-sr',
  summary: 'robustness-sr by bisection of the radius with projected gradient descent at each, 200 steps from 8 starts',
  options: reference,
})

/** The same of the complement. */
export const robustnessSrComplementReference = definePreset({
  kind: 'score',
  name: 'robustness-sr-complement-reference',
  use: 'robustness-sr-complement',
  summary: 'robustness-sr-complement by bisection of the radius with projected gradient descent at each, 200 steps from 8 starts',
  options: reference,
})
