import { option } from '@touchstone/core'
import * as z from 'zod/mini'

const whole = (least: number) => z.int('expected a whole number').check(z.gte(least, `expected at least ${least}`))
const above = (what: string) => z.number('expected a number').check(z.gt(0, `expected ${what} above 0`))
const share = z.number('expected a share from 0 to 1').check(z.gte(0, 'expected a share from 0 to 1'), z.lte(1, 'expected a share from 0 to 1'))

/** What all trainers are told. */
export const trainingOptions = {
  steps: option(whole(1), { summary: 'how many batches are learned from', default: 2000, unit: 'steps' }),
  batch: option(whole(1), { summary: 'how many examples a step learns from', default: 50, unit: 'examples' }),
  optimizer: option(z.enum(['adam', 'sgd'], 'expected "adam" or "sgd"'), { summary: 'how weights follow their gradient: Adam, or gradient descent with momentum', default: 'adam' }),
  momentum: option(share, { summary: 'for sgd: the share of the last change that goes into the next', default: 0.9 }),
  learningRate: option(above('a rate'), { summary: 'how far a step goes', default: 1e-4 }),
  rates: option(z.array(z.object({ from: whole(0), rate: above('a rate') }), 'expected a list of { from, rate }'), { summary: 'other learning rates from some steps on, as [{ from, rate }], in order', default: [] }),
  decay: option(z.enum(['none', 'cosine'], 'expected "none" or "cosine"'), { summary: 'whether learning rates sink to 0 along half a cosine', default: 'none' }),
  weightDecay: option(z.number('expected a number').check(z.gte(0, 'expected at least 0')), { summary: 'd of the term d/2 ||kernel||^2 in the loss', default: 0 }),
  heldOut: option(whole(0), { summary: 'how many examples, chosen at random, are kept apart to measure accuracy', default: 1000, unit: 'examples' }),
  lookEvery: option(whole(1), { summary: 'after how many steps accuracy is measured', default: 100, unit: 'steps' }),
  shift: option(whole(0), { summary: 'images that are learned from are moved at random by up to so many pixels each way, their edges repeated', default: 0, unit: 'pixels' }),
  flip: option(z.boolean('expected true or false'), { summary: 'whether images that are learned from are mirrored, left to right, half of the time', default: false }),
  targetAccuracy: option(z.optional(share), { summary: 'the share of held-out examples at which training ends, for badly trained models; never unless told' }),
}

/** How trainers that attack their examples do so. */
export const attackOptions = {
  epsilon: option(above('a number'), { summary: 'the largest change of a value by the attack', default: 0.3, unit: "share of the dataset's range" }),
  attackSteps: option(whole(1), { summary: 'steps of the attack', default: 40, unit: 'steps' }),
  attackStep: option(above('a number'), { summary: 'the change of a value per step of the attack', default: 0.01, unit: "share of the dataset's range" }),
  growth: option(whole(0), { summary: 'steps of the training over which epsilon and attackStep grow in a line from 0: small networks learn nothing from large attacks at first', default: 0, unit: 'steps' }),
}

/** What trainers for robust attributions are told of them. */
export const attributionOptions = {
  weight: option(above('a number'), { summary: 'how much the norm of integrated gradients counts beside the cross-entropy', default: 1 }),
  points: option(whole(1), { summary: 'points at which integrated gradients are taken in the loss', default: 50, unit: 'points' }),
  attackPoints: option(whole(1), { summary: 'points at which they are taken in the attack', default: 10, unit: 'points' }),
}

type Checked = Readonly<Record<string, unknown>>

/** Problems of options that go together. */
export function checkTraining({ targetAccuracy, heldOut, rates }: Checked) {
  const starts = (rates as readonly { readonly from: number }[]).map(({ from }) => from)
  return [
    ...(targetAccuracy !== undefined && heldOut === 0 ? [{ option: 'targetAccuracy' as const, message: 'needs held-out examples to be measured on: give heldOut at least 1' }] : []),
    ...(starts.some((from, i) => i > 0 && from <= starts[i - 1]!) ? [{ option: 'rates' as const, message: 'expected steps in rising order' }] : []),
  ]
}
