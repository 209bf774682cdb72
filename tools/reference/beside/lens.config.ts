import { defineEvaluation } from '@touchstone/evaluation'
const [k, w] = [100, 1]
const samplers = { random: { use: 'random-sign', options: { epsilon: 0.3 } }, 'top-k attack': { use: 'attribution-attack', options: { epsilon: 0.3, step: 0.01, iterations: 50, k: 200 } } }
const comparisons = {
  'top-k': { use: 'top-k', options: { k } }, 'LENS-recall': { use: 'lens-recall', options: { k, w } }, 'LENS-prec': { use: 'lens-prec', options: { k, w } },
  'top-k-div': { use: 'top-k-div', options: { k, w } }, 'LENS-recall-div': { use: 'lens-recall-div', options: { k, w } }, 'LENS-prec-div': { use: 'lens-prec-div', options: { k, w } },
  Spearman: 'spearman', Kendall: 'kendall', 'LENS-Spearman': { use: 'lens-spearman', options: { w } }, 'LENS-Kendall': { use: 'lens-kendall', options: { w } },
}
export default defineEvaluation({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/gradients', '@touchstone/comparisons', '@touchstone/lens', '@touchstone/attribution-attacks'],
  models: { well: { use: 'layers-model', options: { path: '../../../examples/quickstart/models/well' } } },
  dataset: { use: 'mnist', options: { split: 'test' } },
  examples: { take: 3 },
  attributers: { saliency: 'saliency' },
  metrics: Object.fromEntries(Object.entries(samplers).flatMap(([name, sampler]) => Object.entries(comparisons).map(([comparison, use]) => [`${comparison}, ${name}`, { use: 'robustness', options: { sampler, comparison: use, samples: 1 } }]))),
  executor: 'inline',
})
