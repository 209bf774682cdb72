import type { ReferenceInput } from '@touchstone/core'

/** Something to choose. */
export interface Choice {
  readonly label: string
  readonly use: ReferenceInput
  /** What it does, in a few words. */
  readonly hint: string
}

/** Methods, by the name that stands in a shared setting. */
export const methods: Readonly<Record<string, Choice>> = {
  saliency: { label: 'Saliency', use: 'saliency', hint: 'the size of the gradient' },
  ixg: { label: 'Input x gradient', use: 'input-x-gradient', hint: 'the gradient times the input' },
  ig: { label: 'Integrated gradients', use: { use: 'integrated-gradients', options: { steps: 32 } }, hint: 'gradients along the way from black, 32 steps' },
  smooth: { label: 'SmoothGrad', use: { use: 'smoothgrad', options: { samples: 16 } }, hint: 'the mean gradient under noise, 16 samples' },
  guided: { label: 'Guided backprop', use: 'guided-backprop', hint: 'a gradient through which only positive signals pass' },
  deconv: { label: 'Deconvolution', use: 'deconvolution', hint: 'positive signals, whatever the input did' },
  lrp: { label: 'LRP', use: { use: 'lrp', options: { composite: 'epsilon-plus' } }, hint: 'layer-wise relevance propagation: epsilon in dense layers, positive parts in convolutions' },
  deeplift: { label: 'DeepLIFT', use: 'deeplift', hint: 'differences from black, rule Rescale' },
  cam: { label: 'Grad-CAM', use: 'grad-cam', hint: 'where the last convolution looks' },
  occlusion: { label: 'Occlusion', use: 'occlusion', hint: 'what a 4 x 4 patch of black takes away' },
  random: { label: 'Random', use: 'random', hint: 'a control: a method worth its name does better' },
}

/** How neighbours are made. `reach` is the option that says how far they may lie. */
export interface SamplerChoice {
  readonly label: string
  readonly hint: string
  readonly reach: { readonly label: string; readonly low: number; readonly high: number; readonly step: number; readonly start: number }
  readonly use: (reach: number) => ReferenceInput
  /** How many neighbours can be asked for. */
  readonly most: number
  /** Methods get neighbours of their own. */
  readonly attacks?: true
}

const radius = { label: 'largest change of a value', low: 0.02, high: 0.5, step: 0.02, start: 0.1 }
const delta = { label: 'delta, as a share of the margin', low: 0.05, high: 1, step: 0.05, start: 0.3 }

export const samplers: Readonly<Record<string, SamplerChoice>> = {
  level: {
    label: 'similar output, by steps (level-set)',
    hint: 'inputs whose logit differs by at most delta, found by Newton steps: the fast form of OSR',
    reach: delta,
    most: 64,
    use: (margin) => ({ use: 'level-set', options: { delta: { margin } } }),
  },
  gan: {
    label: 'similar output, by a GAN (osr-gan)',
    hint: 'a generator is trained for this input: some ten seconds',
    reach: delta,
    most: 64,
    use: (margin) => ({ use: 'osr-gan', options: { delta: { margin } } }),
  },
  noise: { label: 'uniform noise', hint: 'inputs that lie near', reach: radius, most: 64, use: (size) => ({ use: 'noise', options: { kind: 'uniform', radius: size, sameClass: true } }) },
  sign: { label: 'random signs', hint: 'every value moves by the same size', reach: radius, most: 64, use: (epsilon) => ({ use: 'random-sign', options: { epsilon } }) },
  attack: {
    label: 'an attack on the map (top-k)',
    hint: 'an input near by that keeps the class and loses the strongest pixels of the map; each method is attacked by itself, which takes its time',
    reach: radius,
    most: 4,
    use: (epsilon) => ({ use: 'attribution-attack', options: { epsilon, step: epsilon / 10, iterations: 30, k: 100 } }),
    attacks: true,
  },
}

/** Scores of robustness: a comparison of the map with those of the neighbours. With `k` and `w` they follow the sliders. */
export const comparisons: Readonly<Record<string, Choice & { readonly relative?: true; readonly options?: readonly ('k' | 'w')[] }>> = {
  osr: { label: 'l2, relative', use: 'l2', relative: true, hint: '||g(x) - g(x~)|| / ||g(x)||: OSR, where neighbours have a similar output' },
  topk: { label: 'top-k', use: 'top-k', options: ['k'], hint: 'the share of the k strongest pixels that stay' },
  recall: { label: 'LENS-recall', use: 'lens-recall', options: ['k', 'w'], hint: 'the share of the k strongest that stay within w pixels' },
  prec: { label: 'LENS-prec', use: 'lens-prec', options: ['k', 'w'], hint: 'the same, seen from the neighbour' },
  div: { label: 'LENS-recall-div', use: 'lens-recall-div', options: ['k', 'w'], hint: 'the same among strongest pixels that stand apart' },
  spearman: { label: 'Spearman', use: 'spearman', hint: 'correlation of ranks' },
  lensSpearman: { label: 'LENS-Spearman', use: 'lens-spearman', options: ['w'], hint: 'the same of maps smoothed over windows' },
}

/** Scores of one map against the model. */
export const scores: Readonly<Record<string, Choice>> = {
  insertion: { label: 'Insertion', use: { use: 'insertion', options: { steps: 28 } }, hint: 'the probability while the strongest pixels come back' },
  deletion: { label: 'Deletion', use: { use: 'deletion', options: { steps: 28 } }, hint: 'the probability while the strongest pixels go' },
  fidelity: { label: 'Fidelity', use: { use: 'fidelity', options: { runs: 200, subset: { share: 0.2 } } }, hint: 'correlation of removed attribution and lost logit' },
  gini: { label: 'Gini', use: 'gini', hint: 'how few pixels carry the map' },
}
