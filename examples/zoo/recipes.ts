import type { TrainingConfig } from '@touchstone/robust-training'
import { dataIn, type DataName } from './data.js'

/** How a network of the zoo is trained: all of a training config but its plugins and what computes. */
export interface Recipe extends Pick<TrainingConfig, 'model' | 'trainer' | 'seed' | 'batchRows'> {
  readonly data: DataName
  /** What is special about it, for its card. */
  readonly purpose: string
}

const from = (architecture: string, seed: number) => ({ use: 'untrained', options: { architecture, seed } })
const goingOn = (name: string) => ({ use: 'layers-model', options: { path: modelPath(name) } })
/** What is not trained here but converted, by tools/reference. */
const converted = ['efficientnet-lite0']
/** Where a model is written to and read from, seen from this folder and those beside it. */
export const modelPath = (name: string): string => `../../${converted.includes(name) ? 'examples/zoo/converted' : 'plugins/zoo/models'}/${name}`

const adam = { optimizer: 'adam', decay: 'cosine' }
const natural = (options: object) => ({ use: 'natural', options: { ...adam, ...options } })

/** Naturally trained until a share of held-out examples is right, and no longer. */
const until = (targetAccuracy: number, options: object) => ({ use: 'natural', options: { optimizer: 'sgd', momentum: 0, steps: 5000, lookEvery: 5, heldOut: 2000, targetAccuracy, ...options } })

const seeds = <T>(count: number, of: (seed: number) => [string, T]): Record<string, T> => Object.fromEntries(Array.from({ length: count }, (_, i) => of(i + 1)))

/** The paper on LENS trains four networks on each of its data sets. */
function four(data: DataName, architecture: string, options: { readonly naturally: object | string; readonly attacked: object; readonly attack: object; readonly norms: object; readonly normRows?: number }): Record<string, Recipe> {
  const { naturally, attacked, attack, norms, normRows = 512 } = options
  const term = { points: 5, attackPoints: 1, ...attack, attackSteps: 4, attackStep: (attack as { epsilon: number }).epsilon / 3, ...adam, ...norms }
  const start = typeof naturally === 'string' ? naturally : `${data}-natural`
  return {
    ...(typeof naturally !== 'string' && { [start]: { data, purpose: 'naturally trained', model: from(architecture, 1), trainer: natural(naturally), seed: 1 } }),
    [`${data}-pgd`]: { data, purpose: 'adversarially trained, from random weights', model: from(architecture, 1), trainer: { use: 'pgd', options: { ...adam, ...attacked, ...attack, attackSteps: 7 } }, seed: 1, batchRows: 128 },
    [`${data}-ig-norm`]: { data, purpose: `${start}, trained on for robust attributions`, model: goingOn(start), trainer: { use: 'ig-norm', options: term }, seed: 1, batchRows: normRows },
    [`${data}-ig-sum-norm`]: { data, purpose: `${data}-pgd, trained on for robust predictions and attributions`, model: goingOn(`${data}-pgd`), trainer: { use: 'ig-sum-norm', options: term }, seed: 1, batchRows: normRows },
  }
}

const shifted = { shift: 2 }
const mirrored = { shift: 4, flip: true }
const pixel = 1 / 255

/** Every network of the zoo, in an order in which those come first that others start from. */
export const recipes: Readonly<Record<string, Recipe>> = {
  ...seeds(3, (seed) => [`mnist-well-${seed}`, { data: 'mnist', purpose: 'well trained', model: from('digits', seed), trainer: natural({ steps: 9000, batch: 64, learningRate: 0.002, lookEvery: 1000, ...shifted }), seed }]),
  ...seeds(3, (seed) => [`mnist-bad-${seed}`, { data: 'mnist', purpose: 'badly trained: stopped early', model: from('digits', seed), trainer: until(0.69, { batch: 64, learningRate: 0.002 }), seed }]),
  ...seeds(2, (seed) => [`cifar10-well-${seed}`, { data: 'cifar10', purpose: 'well trained', model: from('pictures-norm', seed), trainer: natural({ steps: 9000, batch: 128, learningRate: 0.003, lookEvery: 2000, weightDecay: 1e-4, ...mirrored }), seed, batchRows: 128 }]),
  ...seeds(2, (seed) => [`cifar10-bad-${seed}`, { data: 'cifar10', purpose: 'badly trained: stopped early', model: from('pictures-norm', seed), trainer: until(0.569, { batch: 128, learningRate: 0.01, momentum: 0.9, lookEvery: 10 }), seed, batchRows: 128 }]),
  'cifar10-pgd': { data: 'cifar10', purpose: 'adversarially trained, from random weights', model: from('pictures-norm', 1), trainer: { use: 'pgd', options: { ...adam, steps: 2000, batch: 128, learningRate: 0.003, lookEvery: 1000, growth: 500, epsilon: 8 * pixel, attackSteps: 7, attackStep: 2 * pixel, ...mirrored } }, seed: 1, batchRows: 128 },
  'radiographs-well': { data: 'radiographs', purpose: 'well trained', model: from('radiographs', 1), trainer: natural({ steps: 2000, batch: 16, learningRate: 0.001, heldOut: 100, lookEvery: 250, weightDecay: 1e-4, shift: 12, flip: true }), seed: 1 },
  'radiographs-bad': { data: 'radiographs', purpose: 'badly trained: stopped early', model: from('radiographs', 1), trainer: until(0.765, { batch: 16, learningRate: 0.001, momentum: 0.9, heldOut: 200 }), seed: 1 },
  ...four('mnist', 'digits', {
    naturally: 'mnist-well-1',
    attacked: { steps: 2500, batch: 64, learningRate: 0.002, lookEvery: 500, growth: 800 },
    attack: { epsilon: 0.3, attackStep: 0.08 },
    norms: { steps: 1500, batch: 50, learningRate: 0.0005, lookEvery: 250 },
  }),
  ...four('fashion-mnist', 'digits', {
    naturally: { steps: 7500, batch: 64, learningRate: 0.002, lookEvery: 1000, shift: 1, flip: true },
    attacked: { steps: 2500, batch: 64, learningRate: 0.002, lookEvery: 500 },
    attack: { epsilon: 0.1, attackStep: 0.025 },
    norms: { steps: 1500, batch: 50, learningRate: 0.0005, lookEvery: 250 },
  }),
  ...four('gtsrb', 'gtsrb-rar', {
    naturally: { steps: 2500, batch: 64, learningRate: 0.002, lookEvery: 500, weightDecay: 2e-4, ...shifted },
    // Against the whole of the attack from the start it does not learn for some 250 steps, and after 1,500 has 46 % right.
    attacked: { steps: 4000, batch: 64, learningRate: 0.002, lookEvery: 500, weightDecay: 2e-4, growth: 1000, ...shifted },
    attack: { epsilon: 8 * pixel, attackStep: 2 * pixel },
    norms: { steps: 500, batch: 64, learningRate: 0.0005, lookEvery: 100 },
  }),
  ...four('flower', 'flower-rar', {
    naturally: { steps: 3000, batch: 16, learningRate: 0.002, heldOut: 100, lookEvery: 500, weightDecay: 2e-4, shift: 8, flip: true },
    attacked: { steps: 1200, batch: 16, learningRate: 0.002, growth: 400, heldOut: 100, lookEvery: 500, weightDecay: 2e-4, shift: 8, flip: true },
    attack: { epsilon: 8 * pixel, attackStep: 2 * pixel },
    norms: { steps: 200, batch: 16, learningRate: 0.0005, heldOut: 100, lookEvery: 50 },
    // A point takes 80 MB with all that its second derivative needs, and wasm has 4 GB.
    normRows: 40,
  }),
  'vgg16-well': { data: 'colour-radiographs', purpose: 'well trained; too large to be shipped', model: from('vgg16-averages', 1), trainer: natural({ steps: 2000, batch: 16, learningRate: 1e-4, heldOut: 100, lookEvery: 250, shift: 12, flip: true }), seed: 1 },
  'vgg16-bad': { data: 'colour-radiographs', purpose: 'badly trained: stopped early; too large to be shipped', model: from('vgg16-averages', 1), trainer: until(0.765, { batch: 16, learningRate: 0.002, momentum: 0.9, heldOut: 200 }), seed: 1 },
}

/** The whole training config of a recipe. */
export function trainingOf(name: string, folder: string, backend?: string): TrainingConfig {
  const recipe = recipes[name]
  if (!recipe) throw new Error(`there is no recipe "${name}": choose from ${Object.keys(recipes).join(', ')}`)
  const { data, model, trainer, seed, batchRows } = recipe
  const plugins = ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/robust-training']
  return { plugins: backend?.startsWith('tfjs-node') ? [...plugins, '@touchstone/tfjs-node'] : plugins, model, trainer, ...(seed !== undefined && { seed }), ...(batchRows !== undefined && { batchRows }), dataset: dataIn(folder)[data]('train'), out: modelPath(name), checkpointEvery: 200, ...(backend && { backend }) }
}
