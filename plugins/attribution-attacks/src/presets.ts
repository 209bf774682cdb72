import { definePreset } from '@touchstone/core'

const papers = 'Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019; "Rethinking Robustness of Model Attributions", AAAI 2024'
const preset = (name: string, what: string, options: Readonly<Record<string, number>>) =>
  definePreset({ kind: 'sampler', name: `attribution-attack-${name}`, use: 'attribution-attack', summary: `attacks on attributions with the papers' budget for ${what}`, citation: papers, options })

/** The budgets of the papers, by dataset. Sizes are shares of the range of values: 8 of 255 is 8 / 255. */
export const presets = [
  preset('mnist', 'MNIST: 100 steps of 0.01 within 0.3, three times, top 200', { epsilon: 0.3, step: 0.01, iterations: 100, restarts: 3, k: 200 }),
  preset('fashion-mnist', 'Fashion-MNIST: 100 steps of 0.01 within 0.1, three times, top 100', { epsilon: 0.1, step: 0.01, iterations: 100, restarts: 3, k: 100 }),
  preset('gtsrb', 'GTSRB: 50 steps of 1/255 within 8/255, three times, top 100', { epsilon: 8 / 255, step: 1 / 255, iterations: 50, restarts: 3, k: 100 }),
  preset('flower', 'Flower: 100 steps of 1/255 within 8/255, three times, top 1000', { epsilon: 8 / 255, step: 1 / 255, iterations: 100, restarts: 3, k: 1000 }),
  preset('imagenet', 'ImageNet: 300 steps of 0.5/255 within 8/255, top 1000', { epsilon: 8 / 255, step: 0.5 / 255, iterations: 300, restarts: 1, k: 1000 }),
]
