import { definePreset } from '@touchstone/core'

const papers = 'Chen, Wu, Rastogi, Liang, Jha, "Robust Attribution Regularization", NeurIPS 2019; "Rethinking Robustness of Model Attributions", AAAI 2024'
const byAdam = (steps: number) => ({ steps, batch: 50, optimizer: 'adam', learningRate: 1e-4 })
const byMomentum = (batch: number, scale: number) => ({
  steps: 70001,
  batch,
  optimizer: 'sgd',
  momentum: 0.9,
  learningRate: 0.001 * scale,
  rates: [
    { from: 500, rate: 0.01 * scale },
    { from: 60000, rate: 0.001 * scale },
  ],
  weightDecay: 2e-4,
})
const signs = { epsilon: 8 / 255, attackSteps: 7, attackStep: 2 / 255 }

/** The papers' parameters by dataset: for training on examples as they are, on attacked ones, and for attributions. */
const datasets = {
  mnist: { what: 'MNIST', natural: byAdam(25_000), robust: byAdam(100_000), norms: byAdam(100_000), attack: { epsilon: 0.3, attackSteps: 40, attackStep: 0.01 }, attackPoints: 10, weights: [1, 0.1] },
  'fashion-mnist': { what: 'Fashion-MNIST', natural: byAdam(25_000), robust: byAdam(100_000), norms: byAdam(100_000), attack: { epsilon: 0.1, attackSteps: 20, attackStep: 0.01 }, attackPoints: 10, weights: [1, 0.1] },
  gtsrb: { what: 'GTSRB', natural: byMomentum(64, 1), robust: byMomentum(64, 1), norms: byMomentum(64, 1), attack: signs, attackPoints: 5, weights: [1, 1] },
  flower: { what: 'Flower', natural: byMomentum(16, 1), robust: byMomentum(16, 1), norms: byMomentum(16, 0.1), attack: signs, attackPoints: 5, weights: [0.1, 0.1] },
} as const

/** `<trainer>-<dataset>`, as in `ig-norm-mnist`. */
export const presets = Object.entries(datasets).flatMap(([dataset, { what, attack, attackPoints, weights: [igNorm, igSumNorm], ...by }]) => {
  const preset = (use: string, options: Readonly<Record<string, unknown>>) => definePreset({ kind: 'trainer', name: `${use}-${dataset}`, use, summary: `${use} with the papers' parameters for ${what}`, citation: papers, options })
  const term = { points: 50, attackPoints }
  return [
    preset('natural', by.natural),
    preset('pgd', { ...by.robust, ...attack }),
    preset('ig-norm', { ...by.norms, ...attack, ...term, weight: igNorm }),
    preset('ig-sum-norm', { ...by.norms, ...attack, ...term, weight: igSumNorm }),
  ]
})
