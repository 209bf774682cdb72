import { definePreset } from '@touchstone/core'

const rise = 'Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018'

/** `fidelity-quantus`: FaithfulnessCorrelation of Quantus with its defaults; its "black" is the smallest value of the image at hand. */
export const fidelityQuantus = definePreset({
  kind: 'score',
  name: 'fidelity-quantus',
  use: 'fidelity',
  summary: "Quantus' FaithfulnessCorrelation: 100 subsets of 224 values, put to the smallest value of the input",
  citation: 'Bhatt, Weller, Moura, IJCAI 2020; Quantus 0.5.3, FaithfulnessCorrelation',
  options: { runs: 100, subset: 224, baseline: 'minimum', unit: 'scalar' },
})

/** `pixel-flipping-quantus`: PixelFlipping of Quantus with its defaults. The value is its area over the number of steps less one. */
export const pixelFlippingQuantus = definePreset({
  kind: 'score',
  name: 'pixel-flipping-quantus',
  use: 'pixel-flipping',
  summary: "Quantus' PixelFlipping: value by value to the smallest value of the input, probabilities",
  citation: 'Bach et al., PLoS ONE 2015; Quantus 0.5.3, PixelFlipping',
  options: { perStep: 1, baseline: 'minimum', unit: 'scalar', output: 'probability' },
})

/** `monotonicity-correlation-quantus`: MonotonicityCorrelation of Quantus with its defaults, for inputs in [0, 1], where it draws from. */
export const monotonicityCorrelationQuantus = definePreset({
  kind: 'score',
  name: 'monotonicity-correlation-quantus',
  use: 'monotonicity-correlation',
  summary: "Quantus' MonotonicityCorrelation: 100 draws for every value, probabilities",
  citation: 'Nguyen, Rodríguez Martínez, 2020; Quantus 0.5.3, MonotonicityCorrelation',
  options: { samples: 100, unit: 'scalar', output: 'probability' },
})

/** `road-quantus`: ROAD of Quantus with its defaults: 1, 3, ..., 99 %. */
export const roadQuantus = definePreset({
  kind: 'score',
  name: 'road-quantus',
  use: 'road',
  summary: "Quantus' ROAD: 1, 3, ..., 99 % of the pixels, noise of 0.01",
  citation: 'Rong et al., ICML 2022; Quantus 0.5.3, ROAD',
  options: { percentages: Array.from({ length: 50 }, (_, index) => 2 * index + 1), noise: 0.01 },
})

/** `infidelity-captum`: `infidelity` of Captum with its default of 10 perturbations and the noise of its documentation's example, for maps that are slopes. */
export const infidelityCaptum = definePreset({
  kind: 'score',
  name: 'infidelity-captum',
  use: 'infidelity',
  summary: "Captum's infidelity with the perturbation of its example: 10 draws of Gaussian noise of 0.003, for maps that are slopes",
  citation: 'Yeh et al., NeurIPS 2019; Captum 0.8.0, captum.metrics.infidelity',
  options: { runs: 10, perturbation: { noise: 0.003 }, multipliedByInputs: false, normalise: false },
})

/** `deletion-rise`: 224 steps to black, as the authors take for 224 x 224 pixels. */
export const deletionRise = definePreset({
  kind: 'score',
  name: 'deletion-rise',
  use: 'deletion',
  summary: 'Deletion as in RISE: 224 steps to black',
  citation: rise,
  options: { steps: 224, baseline: 0 },
})

/** `insertion-rise`: 224 steps from the blurred image. */
export const insertionRise = definePreset({
  kind: 'score',
  name: 'insertion-rise',
  use: 'insertion',
  summary: 'Insertion as in RISE: 224 steps from the image blurred by 5 pixels',
  citation: rise,
  options: { steps: 224, baseline: { blur: 5 } },
})
