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

const yeh = 'Yeh, Hsieh, Suggala, Inouye, Ravikumar, "On the (In)fidelity and Sensitivity of Explanations", NeurIPS 2019'

/** Uniform noise that nothing cuts, as in the code of others. */
const uniform = (radius: number) => ({ use: 'noise', options: { kind: 'uniform', radius, clip: false } })

/**
 * `max-sensitivity-yeh`: max over 50 draws u ~ U(-0.2, 0.2) of ||g(x) - g(x + u)||_2 / ||g(x)||_2, as in the authors' code for local explanations;
 * theirs for global ones has a radius of 0.1.
 */
export const maxSensitivityYeh = definePreset({
  ...about,
  name: 'max-sensitivity-yeh',
  summary: "SENS_MAX as in its authors' code: the largest of 50 draws within 0.2, relative to the norm of the map, not cut to the range",
  citation: `${yeh}; code chihkuanyeh/saliency_evaluation`,
  options: { ...nearby, sampler: uniform(0.2), samples: 50, aggregate: 'worst' },
})

/**
 * `max-sensitivity-captum`: `sensitivity_max` of Captum with its defaults, radius 0.02 and 10 draws. Where the map is 0 Captum divides by 1; here the
 * score is undefined.
 */
export const maxSensitivityCaptum = definePreset({
  ...about,
  name: 'max-sensitivity-captum',
  summary: "Captum's sensitivity_max: the largest of 10 draws within 0.02, relative to the norm of the map, not cut to the range",
  citation: `${yeh}; Captum 0.8.0, captum.metrics.sensitivity_max`,
  options: { ...nearby, sampler: uniform(0.02), aggregate: 'worst' },
})

const quantus = { ...nearby, sampler: uniform(0.2), samples: 200 }

/** `max-sensitivity-quantus`: MaxSensitivity of Quantus with its defaults: 200 draws within 0.2, none left out for its class. */
export const maxSensitivityQuantus = definePreset({
  ...about,
  name: 'max-sensitivity-quantus',
  summary: "Quantus' MaxSensitivity: the largest of 200 draws within 0.2, relative to the norm of the map, not cut to the range",
  citation: `${yeh}; Quantus 0.5.3, MaxSensitivity`,
  options: { ...quantus, aggregate: 'worst' },
})

/** `sensitivity-quantus`: AvgSensitivity of Quantus with its defaults: the mean of the same. */
export const sensitivityQuantus = definePreset({
  ...about,
  name: 'sensitivity-quantus',
  summary: "Quantus' AvgSensitivity: the mean of 200 draws within 0.2, relative to the norm of the map, not cut to the range",
  citation: `${yeh}; Quantus 0.5.3, AvgSensitivity`,
  options: { ...quantus, aggregate: 'mean' },
})

/**
 * `local-lipschitz`: max over 10 draws u_i ~ U(-0.1, 0.1) of ||g(x) - g(x + u_i)||_2 / ||u_i||_2, a lower bound of the Lipschitz constant of g around x; in
 * [0, inf), lower is better. Its unit is that of the map per unit of input.
 */
export const localLipschitz = definePreset({
  ...about,
  name: 'local-lipschitz',
  summary: 'Local Lipschitz estimate: largest l2 distance of the maps per l2 distance of the inputs, over 10 draws of uniform noise within 0.1 in l_inf, cut to the range of the dataset',
  citation: 'Alvarez-Melis, Jaakkola, "On the Robustness of Interpretability Methods", WHI 2018, equation 2',
  options: { ...nearby, relativeTo: 'input-distance', aggregate: 'worst' },
})
