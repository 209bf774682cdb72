import { definePreset } from '@touchstone/core'

const about = {
  kind: 'score',
  use: 'robustness',
  requires: { 'sampler:noise': '@touchstone/noise', 'comparison:l2': '@touchstone/comparisons' },
} as const

const nearby = {
  sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.1, clip: true } },
  comparison: 'l2',
  relativeTo: 'map-norm',
  samples: 10,
}

/**
 * `sensitivity`: mean_i ||g(x) - g(x + u_i)||_2 / ||g(x)||_2 over 10 draws u_i ~ U(-0.1, 0.1) on every value, x + u_i cut to the dataset's range;
 * in [0, inf), lower is better.
 *
 * Yeh et al. define the largest value over the l_inf ball; drawing from it is their Monte-Carlo estimate, dividing by the map's norm the habit
 * of their code. The mean is mu_A of Bhatt et al., whose neighbours are points of a data set instead.
 */
export const sensitivity = definePreset({
  ...about,
  name: 'sensitivity',
  summary: 'Monte-Carlo sensitivity: mean l2 distance of the maps, relative to the norm of the map, over 10 draws of uniform noise within 0.1 in l_inf, cut to the range of the dataset',
  citation:
    'Yeh, Hsieh, Suggala, Inouye, Ravikumar, "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019; ' +
    'Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020 (mean sensitivity, mu_A)',
  options: { ...nearby, aggregate: 'mean' },
})

/** `max-sensitivity`: the same with the largest of the 10 values, a lower bound of SENS_MAX = max over the whole ball. */
export const maxSensitivity = definePreset({
  ...about,
  name: 'max-sensitivity',
  summary: 'Monte-Carlo maximum sensitivity: largest l2 distance of the maps, relative to the norm of the map, over 10 draws of uniform noise within 0.1 in l_inf, cut to the range of the dataset',
  citation:
    'Yeh, Hsieh, Suggala, Inouye, Ravikumar, "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019 (SENS_MAX); ' +
    'Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020 (maximum sensitivity, mu_M)',
  options: { ...nearby, aggregate: 'worst' },
})
