import { defineEvaluation } from '@touchstone/evaluation'
const sampler = { use: 'osr-gan', options: { maxSteps: 60, learningRate: 0.0002, spread: 1000 } }
export default defineEvaluation({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/gradients', '@touchstone/ig', '@touchstone/comparisons', '@touchstone/osr-gan'],
  models: { well: { use: 'layers-model', options: { path: '../../../examples/quickstart/models/well' } } },
  dataset: { use: 'mnist', options: { split: 'test' } },
  examples: { take: 3 },
  attributers: { saliency: 'saliency', 'input-x-gradient': 'input-x-gradient', 'integrated-gradients': 'integrated-gradients', smoothgrad: 'smoothgrad-captum' },
  metrics: { OSR: { use: 'osr', options: { sampler, samples: 50 } } },
  executor: 'inline',
})
