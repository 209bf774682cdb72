import { defineExtension, type Trainer, type TrainingContext } from '@touchstone/core'
import { adversarial, igNormObjective, igSumNormObjective, natural, type AttributionTerm, type Objective } from './objectives.js'
import { attackOptions, attributionOptions, checkTraining, trainingOptions } from './options.js'
import { train, type TrainingOptions } from './train.js'

const robust = 'Chen, Wu, Rastogi, Liang, Jha, "Robust Attribution Regularization", NeurIPS 2019'
const madry = 'Madry, Makelov, Schmidt, Tsipras, Vladu, "Towards deep learning models resistant to adversarial attacks", 2018'

interface AttackChoice {
  readonly epsilon: number
  readonly attackSteps: number
  readonly attackStep: number
  readonly growth: number
}

function trainer(name: string, objective: Objective, options: TrainingOptions & Partial<AttackChoice>): Trainer {
  const { epsilon, attackSteps: steps, attackStep: stepSize, growth } = options
  const attacks = epsilon === undefined ? {} : { attacks: { epsilon, steps: steps!, stepSize: stepSize!, growth: growth! } }
  return { train: (context: TrainingContext) => train({ objective, options, identity: { name, options }, ...attacks }, context) }
}

const attributionTrainer = (name: string, objectiveFor: (term: AttributionTerm) => Objective) => (options: TrainingOptions & AttackChoice & AttributionTerm) => trainer(name, objectiveFor(options), options)

/** `natural`: the mean cross-entropy of a batch is made small. */
export const naturalTrainer = defineExtension({
  kind: 'trainer',
  name: 'natural',
  summary: 'trains on the cross-entropy of the examples as they are',
  traits: { aim: 'accuracy' },
  options: trainingOptions,
  check: checkTraining,
  create: (options) => trainer('natural', natural, options),
})

/**
 * `pgd`: the mean cross-entropy of attacked examples is made small. The attack starts at a random place within epsilon and takes `attackSteps` steps by the
 * sign of the gradient of the cross-entropy, each cut to the box of half-width epsilon and the dataset's range; the last place counts.
 */
export const pgdTrainer = defineExtension({
  kind: 'trainer',
  name: 'pgd',
  summary: 'trains on examples that were moved, within epsilon, to where the cross-entropy is large',
  citation: madry,
  traits: { aim: 'robust predictions' },
  options: { ...trainingOptions, ...attackOptions },
  check: checkTraining,
  create: (options) => trainer('pgd', adversarial, options),
})

/**
 * `ig-norm`: the sum over a batch of CE(f(x), y) + weight ||IG(x, x')||_1 is made small, IG being the integrated gradients of the cross-entropy on the way from x to
 * x' (igNorm), and x' the end of an attack that makes the norm large. x' is a constant to the weights.
 */
export const igNormTrainer = defineExtension({
  kind: 'trainer',
  name: 'ig-norm',
  summary: 'trains for small changes of integrated gradients: cross-entropy and the norm of its integrated gradients towards attacked examples',
  citation: `${robust}, IG-NORM`,
  traits: { aim: 'robust attributions' },
  options: { ...trainingOptions, ...attackOptions, ...attributionOptions },
  check: checkTraining,
  create: attributionTrainer('ig-norm', igNormObjective),
})

/** `ig-sum-norm`: the sum over a batch of CE(f(x'), y) + weight ||IG(x, x')||_1 is made small; the attack makes the same sum large. */
export const igSumNormTrainer = defineExtension({
  kind: 'trainer',
  name: 'ig-sum-norm',
  summary: 'trains for robust predictions and attributions: cross-entropy of attacked examples and the norm of its integrated gradients towards them',
  citation: `${robust}, IG-SUM-NORM`,
  traits: { aim: 'robust predictions and attributions' },
  options: { ...trainingOptions, ...attackOptions, ...attributionOptions },
  check: checkTraining,
  create: attributionTrainer('ig-sum-norm', igSumNormObjective),
})
