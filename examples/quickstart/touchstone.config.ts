import { defineEvaluation } from '@touchstone/evaluation'

// The same noise for every metric: its neighbours and their maps are computed once and shared.
const noise = { use: 'noise', options: { kind: 'uniform', radius: 0.1 } }

export default defineEvaluation({
  plugins: [
    '@touchstone/tfjs-models',
    '@touchstone/datasets',
    '@touchstone/gradients',
    '@touchstone/ig',
    '@touchstone/noise',
    '@touchstone/comparisons',
    '@touchstone/sensitivity',
  ],
  // One network twice: trained to 99 % on the test digits, and stopped at 70 %.
  models: {
    well: { use: 'layers-model', options: { path: './models/well/model.json' } },
    bad: { use: 'layers-model', options: { path: './models/bad/model.json' } },
  },
  dataset: { use: 'mnist', options: { split: 'test' } },
  // Digits that both classify right, so that both explain the same class.
  examples: { take: 24, correctFor: 'all-models' },
  target: 'predicted',
  attributers: {
    saliency: 'saliency',
    'input x gradient': 'input-x-gradient',
    'integrated gradients': { use: 'integrated-gradients', options: { steps: 32 } },
  },
  metrics: {
    sensitivity: { use: 'sensitivity', options: { sampler: noise } },
    'top-k': { use: 'robustness', options: { sampler: noise, comparison: { use: 'top-k', options: { k: 100 } } } },
    'Spearman': { use: 'robustness', options: { sampler: noise, comparison: 'spearman' } },
    'Kendall': { use: 'robustness', options: { sampler: noise, comparison: 'kendall' } },
    'mass centre': { use: 'robustness', options: { sampler: noise, comparison: 'mass-centre' } },
  },
  seed: 7,
})
