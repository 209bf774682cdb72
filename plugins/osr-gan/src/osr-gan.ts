import { canonicalJson, createToken, defineExtension, judgeNeighbours, Logger, option, type Log, type Sampler, type SamplerContext } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import * as z from 'zod/mini'
import { inTurn } from './gan/in-turn.js'
import { draws } from './gan/generate.js'
import { disposeStack, openStack } from './gan/stack.js'
import { stages } from './gan/clock.js'
import { fewestSteps, keptWeights, probeEvery, probeRows, rowsToStart, train, type Progress, type Trained } from './gan/train.js'
import { checkMemory, playersOf, type Players } from './gan/widths.js'
import { refused, similarOptions, similarTo } from './similar.js'

const trueOrFalse = z.boolean('expected true or false')
const number = (least: number, most = Infinity) => z.number('expected a number').check(z.gte(least, `expected at least ${least}`), z.lte(most, `expected at most ${most}`))
const whole = (least: number, most: number) => z.int('expected a whole number').check(z.gte(least, `expected at least ${least}`), z.lte(most, `expected at most ${most}`))
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) => z.enum(values, `expected ${values.map((value) => `"${value}"`).join(', ')}`)
const dropout = z.number('expected a number').check(z.gte(0, 'expected at least 0'), z.lt(1, 'expected less than 1'))

const trainedGenerator = createToken<Trained>('@touchstone/osr-gan:generator')

/**
 * `osr-gan`: neighbours from a generator that is trained for the example, against a discriminator that knows the example alone and a classifier that is the model: inputs
 * that look like the example, of which the model thinks alike. See `train` for the losses and `similarTo` for which of them are accepted.
 *
 * Defaults are those under which generators do what the definition asks for: delta a share of the margin; every generated input aims at a level of the logit of its own, so
 * that they fill the band; the generator starts at the input. The presets `osr-gan-paper` and `osr-gan-paper-literal` take the printed equations by their letter.
 *
 * A neighbour depends on the example, the seed, its number and the options alone. The trained generator is kept: more neighbours train nothing again.
 *
 * Source: Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025, section 4.
 */
export const osrGan = defineExtension({
  kind: 'sampler',
  name: 'osr-gan',
  summary: 'inputs of a similar logit by a generator trained for the example, with a discriminator and the model as judges',
  citation: 'Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025, equations 1 to 5',
  traits: { dependsOn: 'model' },
  services: { log: Logger },
  options: {
    ...similarOptions,
    logitLoss: option(oneOf('target', 'band', 'literal'), {
      summary: 'what pulls the logit: |dF - t| with a level t for each generated input, max(0, |dF| - delta), or max(0, delta - dF), which is equation 4 as printed',
      default: 'target',
    }),
    side: option(oneOf('both', 'below'), { summary: 'where the levels of the target loss lie: on both sides of the logit, or below it alone', default: 'both' }),
    classLoss: option(oneOf('label', 'soft', 'entropy'), {
      summary: 'what keeps the class: cross-entropy with the predicted class, with the probabilities of the example, or the entropy, which is equation 5 as printed',
      default: 'label',
    }),
    saturating: option(trueOrFalse, { summary: 'whether the generator lowers log(1 - D), as printed, in place of -log D', default: false }),
    adversarialWeight: option(number(0), { summary: "the weight of the discriminator's part", default: 1 }),
    logitWeight: option(number(0), { summary: "the weight of the logit's part, which is in units of delta where that is a share of the margin; smaller ones fill the band later", default: 5 }),
    classWeight: option(number(0), { summary: "the weight of the class's part", default: 1 }),
    generator: option(oneOf('auto', 'linear', 'low-rank'), { summary: 'its last stage: a matrix, or the product of two of rank 64; auto is linear up to 40 million weights', default: 'auto' }),
    discriminator: option(oneOf('auto', 'mirror', 'ascending'), { summary: 'its hidden layers: those of the generator turned round, or as they are, which auto is', default: 'auto' }),
    hidden: option(z.array(whole(1, 1e6)).check(z.minLength(1, 'expected at least one width')), { summary: 'widths of the hidden layers', default: [128, 256, 512, 1024, 2048] }),
    initialisation: option(oneOf('he', 'torch'), { summary: 'how first weights are drawn: within sqrt(6 / ((1 + slope^2) inputs)), or within 1 / sqrt(inputs)', default: 'he' }),
    biasInit: option(trueOrFalse, { summary: 'whether the generator starts at the example, by its last bias', default: true }),
    slope: option(number(0, 1), { summary: 'of the leaky ReLU below 0', default: 0.2 }),
    dropout: option(dropout, { summary: 'share of hidden values that the discriminator drops', default: 0.3 }),
    generatorDropout: option(dropout, { summary: 'share of hidden values that the generator drops', default: 0 }),
    dropoutAtSampling: option(trueOrFalse, { summary: 'whether the generator drops them while sampling too', default: false }),
    learningRate: option(z.optional(number(1e-9, 1)), { summary: 'of Adam(0.5, 0.999); where it is left out, that by which the last bias moves the logit by a thousandth of delta a step, at most 0.001' }),
    batch: option(whole(1, 4096), { summary: 'generated inputs per step', default: 32, unit: 'rows' }),
    maxSteps: option(whole(1, 1_000_000), { summary: 'steps at most', default: 300, unit: 'steps' }),
    acceptance: option(number(0, 1), { summary: 'the share of generated inputs that must be accepted, twice running, to stop before', default: 0.9 }),
    spread: option(number(0), { summary: 'how far from one another they must lie to stop before', default: 0.5, unit: 'mean distance from the example' }),
  },
  cost: ({ maxSteps, batch, biasInit, learningRate }) => ({ rows: 1, shared: (learningRate === undefined ? 1 : 0) + (biasInit ? rowsToStart : 0) + maxSteps * batch + Math.ceil(maxSteps / probeEvery) * probeRows, adaptive: true }),
  create: (options, { log }): Sampler => ({
    fits: (model) => {
      networkOf(model)
      checkMemory(playersOf(model.inputShape.reduce((a, b) => a * b, 1), options))
    },
    sample: async (context, count) => {
      const similar = similarTo(context, options)
      if (similar.missing !== undefined) return refused(context, similar.missing, count)
      const { example, dataset, randomness } = context
      const players = playersOf(example.input.length, options)
      checkMemory(players)
      const training = {
        ...options,
        players,
        rules: similar.rules,
        adversarial: options.adversarialWeight,
        classifier: { logit: options.logitLoss, class: options.classLoss, delta: similar.delta, unit: 'margin' in options.delta ? similar.delta : 1, weights: { logit: options.logitWeight, class: options.classWeight } },
      }
      // One at a time: each takes as much memory as the rest of an evaluation.
      const trained = await context.kept(trainedGenerator, canonicalJson(options), () =>
        inTurn(() => {
          tellEstimate(log, context, players, options)
          return train(context, training, (progress) => tell(log, context, progress, options.maxSteps))
        }),
      )
      const stack = openStack(keptWeights(trained), options.slope, players.generator.bends)
      try {
        const inputs = await draws(stack, randomness, 'sample', 0, count, dataset.range, options.dropoutAtSampling ? options.generatorDropout : 0)
        const diagnostics = { 'training steps': trained.probes.at(-1)!.step }
        return (await judgeNeighbours(context, inputs, similar.rules)).map((neighbour) => ({ ...neighbour, diagnostics }))
      } finally {
        disposeStack(stack)
      }
    },
  }),
})

/** From which on a classifier takes so long that what a training will take is told before it begins. */
const slowMflop = 500
/** What one core of some years makes of products of matrices on wasm, in GFLOP/s. */
const usualRate = 15

function tellEstimate(log: Log, { example, model }: SamplerContext, { weights }: Players, { batch, maxSteps }: { readonly batch: number; readonly maxSteps: number }): void {
  if (!(model.mflopPerRow > slowMflop)) return
  // Forward and back through the classifier, three products for every weight of the players; probes are forward alone.
  const gflop = (steps: number): number => (steps * batch * (2 * model.mflopPerRow + (6 * weights) / 1e6) + (steps / probeEvery) * probeRows * model.mflopPerRow) / 1e3
  const fewest = Math.min(fewestSteps, maxSteps)
  log.info(`osr-gan, ${example.id}: the model takes ${model.mflopPerRow.toFixed(0)} MFLOP a row: some ${(gflop(fewest) / usualRate).toFixed(0)} s for the fewest steps, ${fewest}, and ${(gflop(maxSteps) / usualRate).toFixed(0)} s for the most, ${maxSteps}, at ${usualRate} GFLOP/s`)
}

function tell(log: Log, { example }: SamplerContext, { step, accepted, unevenness, spread, done, total, seconds }: Progress, maxSteps: number): void {
  const state = `osr-gan, ${example.id}: step ${step}, ${(100 * accepted).toFixed(0)} % accepted, unevenness ${unevenness.toFixed(2)}, spread ${spread.toFixed(2)}, ${total.toFixed(1)} s`
  log.info(done ? `${state} (${stages.map((stage) => `${stage} ${seconds[stage].toFixed(1)}`).join(', ')})` : `${state}, at most ${((total / step) * (maxSteps - step)).toFixed(0)} s more`)
}
