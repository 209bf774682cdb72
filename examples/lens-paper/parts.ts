import type { EvaluationConfig } from '@touchstone/evaluation'
import { dataIn, type DataName } from '../zoo/data.js'
import { comparisonsOf, type ComparisonName } from '../lens-table/comparisons.js'
import { modelPath } from '../zoo/recipes.js'

/** How a data set is attacked, as in the papers but for the steps; sizes are shares of the range of values. */
interface Attack {
  readonly epsilon: number
  readonly step: number
  readonly iterations: number
  /** Pixels that the top-k attack pushes down, and pixels that are compared. */
  readonly k: number
  readonly compared: number
}

/** One evaluation of the reproduction. */
export interface Part {
  readonly data: DataName
  readonly models: Readonly<Record<string, string>>
  readonly inputs: number
  readonly attributers: EvaluationConfig['attributers']
  readonly attacks: Attack
  readonly samplers: readonly SamplerName[]
}

const pixel = 1 / 255
const attacks = {
  mnist: { epsilon: 0.3, step: 0.01, iterations: 50, k: 200, compared: 100 },
  'fashion-mnist': { epsilon: 0.1, step: 0.01, iterations: 50, k: 100, compared: 100 },
  gtsrb: { epsilon: 8 * pixel, step: pixel, iterations: 50, k: 100, compared: 100 },
  cifar10: { epsilon: 8 * pixel, step: pixel, iterations: 50, k: 100, compared: 100 },
  flower: { epsilon: 8 * pixel, step: pixel, iterations: 50, k: 1000, compared: 1000 },
  imagenet: { epsilon: 8 * pixel, step: pixel / 2, iterations: 50, k: 1000, compared: 1000 },
} as const satisfies Readonly<Record<string, Attack>>

const samplers = {
  random: ({ epsilon }: Attack) => ({ use: 'random-sign', options: { epsilon } }),
  'random walk': (budget: Attack) => attack(budget, { aim: 'random' }),
  'top-k attack': (budget: Attack) => attack(budget, { aim: 'top-k' }),
  'mass-centre attack': (budget: Attack) => attack(budget, { aim: 'mass-centre' }),
  'LENS attack': (budget: Attack) => attack(budget, { aim: 'top-k', w: 1 }),
  // The published attack steps on a network without bends, of which a trained or deep one is far: steps on sharper bends lead to more harm.
  'sharp top-k attack': (budget: Attack) => attack(budget, { aim: 'top-k', beta: 10 }),
} as const
export type SamplerName = keyof typeof samplers

function attack({ epsilon, step, iterations, k }: Attack, options: object) {
  return { use: 'attribution-attack', options: { epsilon, step: Math.min(step, epsilon / 5), iterations, restarts: 1, k, ...options } }
}

/** The label of a metric. */
export const label = (sampler: SamplerName, comparison: ComparisonName): string => `${comparison}, ${sampler}`

const saliency: EvaluationConfig['attributers'] = { Saliency: 'saliency' }
const gradients: EvaluationConfig['attributers'] = { 'Integrated Gradients': { use: 'integrated-gradients', options: { steps: 20 } } }
export const samplerNames = Object.keys(samplers) as SamplerName[]
/** The attacks by which what training gains is judged. */
export const attackers = ['top-k attack', 'sharp top-k attack'] as const satisfies readonly SamplerName[]
/** What the papers train, by the names of tables. */
const trained = (data: string, natural = `${data}-natural`) => ({ natural, PGD: `${data}-pgd`, 'IG-NORM': `${data}-ig-norm`, 'IG-SUM-NORM': `${data}-ig-sum-norm` })
const cifar = { natural: 'cifar10-well-1', PGD: 'cifar10-pgd' }

const both = (data: DataName & keyof typeof attacks, models: Readonly<Record<string, string>>, [withSaliency, withGradients]: readonly [number, number]): Record<string, Part> => ({
  [data]: { data, models, inputs: withSaliency, attributers: saliency, attacks: attacks[data], samplers: samplerNames },
  [`${data}-ig`]: { data, models, inputs: withGradients, attributers: gradients, attacks: attacks[data], samplers: samplerNames },
})

const epsilons = [0.05, 0.1, 0.2, 0.3]
const curveName = (epsilon: number): string => `mnist-curve-${epsilon}`
export const curveParts = epsilons.map(curveName)
const curve = (epsilon: number): readonly [string, Part] => [curveName(epsilon), { data: 'mnist', models: trained('mnist', 'mnist-well-1'), inputs: 10, attributers: saliency, attacks: { ...attacks.mnist, epsilon }, samplers: attackers }]

/** A network of ImageNet, in the place of those of the papers. */
const large = { data: 'imagenet', models: { natural: 'efficientnet-lite0' }, samplers: ['random', ...attackers] } as const
const ofChange = (change: number): readonly [string, Part] => [`imagenet-${change}`, { ...large, inputs: 20, attributers: saliency, attacks: { ...attacks.imagenet, epsilon: change * pixel } }]

export const parts: Readonly<Record<string, Part>> = {
  ...both('mnist', trained('mnist', 'mnist-well-1'), [50, 20]),
  ...Object.fromEntries(epsilons.map(curve)),
  ...both('fashion-mnist', trained('fashion-mnist'), [50, 20]),
  ...both('gtsrb', trained('gtsrb'), [50, 20]),
  ...both('flower', trained('flower'), [20, 10]),
  ...both('cifar10', cifar, [50, 20]),
  ...Object.fromEntries([1, 2, 4, 8].map(ofChange)),
  'imagenet-ig': { ...large, inputs: 5, attributers: gradients, attacks: { ...attacks.imagenet, iterations: 25 } },
}

/** The evaluation of a part with these models, which are there; with `quick` of the first two and of ten inputs at most. */
export function evaluationOf(name: string, folder: string, models: readonly string[], quick: boolean): EvaluationConfig {
  const part = parts[name]
  if (!part) throw new Error(`there is no part "${name}": choose from ${Object.keys(parts).join(', ')}`)
  const metrics = part.samplers.flatMap((sampler) => Object.entries(comparisonsOf(part.attacks.compared)).map(([comparison, use]) => [label(sampler, comparison as ComparisonName), { use: 'robustness', options: { sampler: samplers[sampler](part.attacks), comparison: use, samples: 1 } }] as const))
  return {
    plugins: ['tfjs-models', 'datasets', 'gradients', 'ig', 'comparisons', 'lens', 'attribution-attacks'].map((plugin) => `@touchstone/${plugin}`),
    models: Object.fromEntries(models.slice(0, quick ? 2 : undefined).map((model) => [model, { use: 'layers-model', options: { path: modelPath(part.models[model]!), foldBatchNorm: true } }])),
    dataset: dataIn(folder)[part.data]('test'),
    examples: { take: quick ? Math.min(part.inputs, 10) : part.inputs, correctFor: 'all-models' },
    attributers: part.attributers,
    metrics: Object.fromEntries(metrics),
    seed: 1,
  }
}
