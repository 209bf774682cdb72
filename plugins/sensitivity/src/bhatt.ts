import { definePreset } from '@touchstone/core'

const about = {
  kind: 'score',
  use: 'robustness',
  citation: 'Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, section 3',
  requires: { 'sampler:neighbours': '@touchstone/neighbours', 'comparison:l2': '@touchstone/comparisons' },
} as const

const nearest = { sampler: { use: 'neighbours', options: { norm: 'l2', sameClass: true } }, comparison: 'l2', relativeTo: 'none', samples: 10 }

/**
 * `sensitivity-bhatt`: mu_A = mean over z in N(x) of ||g(x) - g(z)||_2, with N(x) the 10 nearest examples of the dataset in l2 that have the same
 * predicted class; in [0, inf), lower is better.
 *
 * The authors' N_r is all within a radius: give the sampler a `radius`, and more `samples` than there can be neighbours.
 */
export const sensitivityBhatt = definePreset({
  ...about,
  name: 'sensitivity-bhatt',
  summary: 'Average sensitivity mu_A: mean l2 distance of the map to those of the 10 nearest examples of the dataset that have the same predicted class',
  options: { ...nearest, aggregate: 'mean' },
})

/** `max-sensitivity-bhatt`: mu_M, the largest of the same distances. */
export const maxSensitivityBhatt = definePreset({
  ...about,
  name: 'max-sensitivity-bhatt',
  summary: 'Maximum sensitivity mu_M: largest l2 distance of the map to those of the 10 nearest examples of the dataset that have the same predicted class',
  options: { ...nearest, aggregate: 'worst' },
})
