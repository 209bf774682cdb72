import { defineEvaluation } from '@touchstone/evaluation'
import { pictures } from './pictures.js'

const noise = { use: 'noise', options: { kind: 'uniform', radius: 0.05 } }

export default defineEvaluation({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/gradients', '@touchstone/ig', '@touchstone/noise', '@touchstone/comparisons', '@touchstone/sensitivity'],
  models: { natural: { use: 'layers-model', options: { path: './models/natural' } } },
  // By hash the classes are mixed: by path the first pictures would all be airplanes.
  dataset: pictures('test', 'hash'),
  examples: { take: 16, correctFor: 'all-models' },
  attributers: { 'saliency': 'saliency', 'integrated gradients': { use: 'integrated-gradients', options: { steps: 32 } } },
  metrics: {
    sensitivity: { use: 'sensitivity', options: { sampler: noise } },
    Kendall: { use: 'robustness', options: { sampler: noise, comparison: 'kendall' } },
  },
  seed: 7,
})
