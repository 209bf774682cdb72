import type { EvaluationConfig } from '@touchstone/evaluation'
import { dataIn, type DataName } from '../zoo/data.js'
import { modelPath } from '../zoo/recipes.js'

/** One evaluation of the reproduction. */
export interface Part {
  readonly data: DataName
  /** Networks by the names under which they stand in tables: pairs of a well and a badly trained one. */
  readonly models: Readonly<Record<string, string>>
  readonly inputs: number
  readonly attributers: EvaluationConfig['attributers']
  readonly metrics: EvaluationConfig['metrics']
}

/** The paper's methods; it names no parameters, so these are the ones of their sources, and SmoothGrad also as Captum has it. */
const methods: EvaluationConfig['attributers'] = {
  Saliency: 'saliency',
  'Input x Gradient': 'input-x-gradient',
  'Integrated Gradients': { use: 'integrated-gradients', options: { steps: 50 } },
  DeepLIFT: 'deeplift',
  LRP: 'lrp',
  Deconvolution: 'deconvolution',
  'Guided Backprop': 'guided-backprop',
  SmoothGrad: 'smoothgrad-paper',
  'SmoothGrad (Captum)': 'smoothgrad-captum',
}

const paperDelta = { delta: { logit: 5 } }

/** As many neighbours, of which half at most may be refused. */
const neighbours = (samples: number) => ({ samples, minAccepted: Math.min(16, samples / 2) })

/**
 * What is measured on every data set. `samples` is how many neighbours of an input OSR looks at: means over inputs spread far more than those over neighbours, so that large networks make do with few.
 * `subset` is how many pixels fidelity takes away, as in the paper, `baseline` what it puts in their place.
 */
const metrics = ({ samples, subset, baseline }: { readonly samples: number; readonly subset: number; readonly baseline: number | 'mean' }) => ({
  OSR: { use: 'osr', options: neighbours(samples) },
  'OSR, raw': { use: 'osr-raw', options: neighbours(samples) },
  'OSR, level sets': { use: 'osr-level-set', options: neighbours(samples) },
  'OSR, level sets, delta 5, raw': { use: 'robustness', options: { sampler: { use: 'level-set', options: paperDelta }, comparison: 'l2', ...neighbours(samples) } },
  'sensitivity, raw': { use: 'sensitivity-bhatt' },
  sensitivity: 'sensitivity',
  'Robustness-S_r': 'robustness-sr',
  fidelity: { use: 'fidelity', options: { subset, baseline } },
})
/** By the generators of the paper, as printed: delta of 5 logits, equation 4, distances in the units of the map. */
const printed = (samples: number) => ({ 'OSR, printed': { use: 'osr-paper', options: neighbours(samples) } })

const pairs = (name: string, seeds: readonly number[]): Record<string, string> => Object.fromEntries(seeds.flatMap((seed) => ['well', 'bad'].map((kind) => [`${kind} ${seed}`, `${name}-${kind}-${seed}`])))

const without = <T>(record: Readonly<Record<string, T>>, ...keys: readonly string[]): Record<string, T> => Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)))

/** GreedyAS with at most as many rows as fit in some ten seconds. */
const budget = { use: 'greedyas', options: { features: { blocks: 2 }, samples: 100, budget: 20_000 } }

export const parts = {
  mnist: { data: 'mnist', models: pairs('mnist', [1, 2, 3]), inputs: 50, attributers: methods, metrics: metrics({ samples: 50, subset: 392, baseline: 0 }) },
  'mnist-printed': { data: 'mnist', models: pairs('mnist', [1]), inputs: 50, attributers: methods, metrics: printed(50) },
  'mnist-greedyas': {
    data: 'mnist',
    models: pairs('mnist', [1]),
    inputs: 5,
    attributers: { ...methods, GreedyAS: budget },
    metrics: {
      'OSR by ranks': { use: 'osr', options: { ...neighbours(16), comparison: 'spearman', relativeTo: 'none' } },
      'sensitivity by ranks': { use: 'sensitivity', options: { samples: 16, comparison: 'spearman', relativeTo: 'none' } },
    },
  },
  'mnist-greedyas-maps': {
    data: 'mnist',
    models: pairs('mnist', [1]),
    inputs: 20,
    attributers: { ...methods, GreedyAS: { use: 'greedyas', options: { samples: 400 } } },
    metrics: { 'Robustness-S_r': 'robustness-sr', fidelity: { use: 'fidelity', options: { subset: 392, baseline: 0 } } },
  },
  cifar10: { data: 'cifar10', models: pairs('cifar10', [1, 2]), inputs: 50, attributers: methods, metrics: metrics({ samples: 16, subset: 512, baseline: 'mean' }) },
  'cifar10-printed': { data: 'cifar10', models: pairs('cifar10', [1]), inputs: 20, attributers: methods, metrics: printed(16) },
  // The paper does not measure Robustness-S_r on X-rays.
  radiographs: { data: 'radiographs', models: { 'well 1': 'radiographs-well', 'bad 1': 'radiographs-bad' }, inputs: 20, attributers: methods, metrics: without(metrics({ samples: 16, subset: 1500, baseline: 'mean' }), 'Robustness-S_r') },
  'radiographs-printed': { data: 'radiographs', models: { 'well 1': 'radiographs-well', 'bad 1': 'radiographs-bad' }, inputs: 20, attributers: methods, metrics: printed(16) },
  vgg16: { data: 'colour-radiographs', models: { 'well 1': 'vgg16-well', 'bad 1': 'vgg16-bad' }, inputs: 5, attributers: methods, metrics: without(metrics({ samples: 16, subset: 1500, baseline: 'mean' }), 'Robustness-S_r') },
} as const satisfies Readonly<Record<string, Part>>

export type PartName = keyof typeof parts

/** The evaluation of a part: with `quick` of its first pair of models and of ten inputs at most. */
export function evaluationOf(name: PartName, folder: string, quick: boolean): EvaluationConfig {
  const part: Part = parts[name]
  const models = Object.entries(part.models).slice(0, quick ? 2 : undefined)
  return {
    plugins: [...['tfjs-models', 'datasets', 'gradients', 'ig', 'deeplift', 'lrp', 'greedyas', 'comparisons', 'noise', 'neighbours', 'sensitivity', 'osr-gan', 'fidelity', 'robustness-sr'].map((plugin) => `@touchstone/${plugin}`)],
    models: Object.fromEntries(models.map(([label, model]) => [label, { use: 'layers-model', options: { path: modelPath(model), foldBatchNorm: true } }])),
    dataset: dataIn(folder)[part.data]('test'),
    examples: { take: quick ? Math.min(part.inputs, 10) : part.inputs, correctFor: 'all-models' },
    attributers: part.attributers,
    metrics: part.metrics,
    seed: 1,
  }
}
