/*
 * An evaluation in code: which method keeps its strongest pixels when a digit gets noisy?
 */
import comparisons from '@touchstone/comparisons'
import datasets from '@touchstone/datasets'
import { evaluate } from '@touchstone/evaluation'
import gradients from '@touchstone/gradients'
import ig from '@touchstone/ig'
import lens from '@touchstone/lens'
import noise from '@touchstone/noise'
import tfjsModels from '@touchstone/tfjs-models'

const near = { use: 'noise', options: { kind: 'uniform', radius: 0.1, sameClass: true } }
const under = (comparison: string) => ({ use: 'robustness', options: { sampler: near, comparison: { use: comparison, options: { k: 60 } }, samples: 8 } })

const { summary } = await evaluate(
  {
    plugins: [tfjsModels, datasets, gradients, ig, noise, comparisons, lens],
    models: { well: { use: 'layers-model', options: { path: '../quickstart/models/well' } } },
    dataset: { use: 'mnist', options: { split: 'test' } },
    examples: { take: 8, correctFor: 'all-models' },
    attributers: { 'saliency': 'saliency', 'SmoothGrad': { use: 'smoothgrad', options: { samples: 16 } }, 'integrated gradients': { use: 'integrated-gradients', options: { steps: 16 } } },
    metrics: { 'top-k': under('top-k'), 'LENS-recall': under('lens-recall') },
  },
  { baseFolder: import.meta.dirname },
)
for (const { attributer, metric, mean, ciLow, ciHigh } of summary) console.log(`${attributer.padEnd(22)} ${metric.padEnd(12)} ${mean!.toFixed(3)} [${ciLow!.toFixed(3)}, ${ciHigh!.toFixed(3)}]`)
