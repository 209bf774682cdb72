import { defineEvaluation } from '@touchstone/evaluation'
export default defineEvaluation({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/gradients', '@touchstone/ig', '@touchstone/noise', '@touchstone/comparisons', '@touchstone/sensitivity', '@touchstone/fidelity'],
  models: { well: { use: 'layers-model', options: { path: '../../../examples/quickstart/models/well' } } },
  dataset: { use: 'mnist', options: { split: 'test' } },
  examples: { take: 3 },
  attributers: { saliency: 'saliency', 'input-x-gradient': 'input-x-gradient', 'integrated-gradients': 'integrated-gradients', smoothgrad: 'smoothgrad-captum' },
  metrics: { sensitivity: 'sensitivity-quantus', fidelity: 'fidelity-quantus' },
  executor: 'inline',
})
