import { argmax, breathe, judgeNeighbours, l2Distance, mean, type AcceptanceRule, type SamplerContext } from '@touchstone/core'
import { backward, forward, networkOf } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { startClock, type Clock, type Stage } from './clock.js'
import { dropoutMasks } from './dropout.js'
import { draws, generate, inRange, rowsOf, type Generated } from './generate.js'
import { fromHalf, toHalf } from './half.js'
import { classifierLoss, deceptionLoss, levelOf, sigmoid, type ClassifierLoss } from './loss.js'
import { applyGradients, backwardStack, disposeStack, drawWeights, forwardStack, openStack, readStack, type Initialisation, type Pass, type Stack, type StackWeights } from './stack.js'
import { usualRate } from './learning-rate.js'
import { shareOf } from './share.js'
import { latent, type Players } from './widths.js'

/** How a generator of similar inputs is trained. */
export interface TrainingOptions {
  readonly players: Players
  readonly classifier: ClassifierLoss
  readonly adversarial: number
  readonly saturating: boolean
  readonly side: 'both' | 'below'
  readonly initialisation: Initialisation
  readonly biasInit: boolean
  readonly slope: number
  readonly dropout: number
  readonly generatorDropout: number
  readonly dropoutAtSampling: boolean
  /** Left out: `usualRate`. */
  readonly learningRate: number | undefined
  readonly batch: number
  readonly maxSteps: number
  readonly acceptance: number
  readonly spread: number
  readonly rules: readonly AcceptanceRule[]
}

/** How good a generator is, by a probe of it. */
interface Probe {
  readonly step: number
  /** The share of generated inputs that are accepted. */
  readonly accepted: number
  /** The largest difference between the distribution of dF and an even one over the band, from 0 to 1: the statistic of Kolmogorov and Smirnov. */
  readonly unevenness: number
  /** The mean l2 distance between two generated inputs. */
  readonly spread: number
  /** That from the example to them. */
  readonly distance: number
}

/** A trained generator: plain data, for the store; its weights in half precision, half the bytes. */
export interface Trained {
  readonly widths: readonly number[]
  readonly halves: readonly Uint16Array[]
  readonly probes: readonly Probe[]
}

/** Its weights as they were kept: with these it draws, whether it was trained just now or before. */
export const keptWeights = ({ widths, halves }: Trained): StackWeights => ({ widths, values: halves.map(fromHalf) })

/** What is told of a training under way. */
export interface Progress extends Probe {
  readonly done: boolean
  /** Seconds since it began, and by stage. */
  readonly total: number
  readonly seconds: Readonly<Record<Stage, number>>
}

/** Steps between probes. */
export const probeEvery = 10
/** Generated inputs of a probe. */
export const probeRows = 128
/** Generated inputs that a start is judged by. */
const startRows = 64
/** How much smaller than drawn the last layer starts, at least and at most, when its bias already is the input, and by what factor the next start is smaller than one that is not accepted. */
const [loudest, quietest, shrink] = [1, 0.005, 1.4]
/** Generated inputs, at most, that the start is found by. */
export const rowsToStart = Math.ceil(Math.log(loudest / quietest) / Math.log(shrink)) * startRows
/** Generators that start at the input have moved away from it by then. */
export const fewestSteps = 30
const mostUneven = 0.25

/**
 * Trains a generator and a discriminator against each other and a fixed classifier f:
 *
 *     discriminator  min  -log D(x) - log(1 - D(G(z)))
 *     generator      min  w_adv A(D(G(z))) + w_y L_y + w_ce C      A(D) = log(1 - D) (saturating) or -log D; L_y and C as in classifierLoss
 *
 * both by Adam(0.5, 0.999) on means over the batch, both from the same pass: the generator is run once a step, and one pass back through the discriminator serves both, since
 * the signals of the players at its single output differ by a factor per row. What is real is x alone: its product with the first layer is
 * computed for one row, and a quarter as many rows as are generated go on from there, each with its own dropout; one without.
 *
 * Stops when `acceptance` of a probe is accepted twice running, generated inputs lie `spread` times as far from one another as from the example, and, with levels to aim at, dF
 * fills the band evenly; or when the steps are used up, with what there is.
 *
 * Source: Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025, equations 3 to 5.
 */
export async function train(context: SamplerContext, options: TrainingOptions, report: (progress: Progress) => void): Promise<Trained> {
  const { randomness, example, dataset, signal } = context
  const { players, slope, initialisation } = options
  const clock = startClock()
  const learningRate = options.learningRate ?? (await clock.awaited('classifier', () => usualRate(context, options.classifier.delta)))
  const [generator, discriminator] = clock.in('random numbers', () => [
    openStack(firstGenerator(drawWeights(players.generator.widths, initialisation, slope, randomness, 'generator'), example.input, dataset.range, options.biasInit), slope, players.generator.bends),
    openStack(drawWeights(players.discriminator.widths, initialisation, slope, randomness, 'discriminator'), slope, players.discriminator.bends),
  ])
  const optimisers = [tf.train.adam(learningRate, 0.5, 0.999, 1e-8), tf.train.adam(learningRate, 0.5, 0.999, 1e-8)] as const
  const x = tf.tensor2d(example.input, [1, example.input.length])
  try {
    if (options.biasInit) await clock.awaited('probes', () => soften(context, generator, options))
    const probes: Probe[] = []
    for (let step = 1; step <= options.maxSteps; step++) {
      await breathe(signal)
      await playStep(context, { generator, discriminator, optimisers, x, clock }, options, step)
      if (step % probeEvery > 0 && step < options.maxSteps) continue
      const last = await clock.awaited('probes', () => probe(context, generator, options, step))
      probes.push(last)
      const good = isGood(probes, options)
      report({ ...last, done: good || step === options.maxSteps, total: clock.total(), seconds: clock.seconds })
      if (good) break
    }
    const { widths, values } = await readStack(generator)
    return { widths, halves: values.map(toHalf), probes }
  } finally {
    disposeStack(generator)
    disposeStack(discriminator)
    tf.dispose(x)
    optimisers.forEach((optimiser) => optimiser.dispose())
  }
}

interface Game {
  readonly generator: Stack
  readonly discriminator: Stack
  readonly optimisers: readonly [generator: tf.Optimizer, discriminator: tf.Optimizer]
  /** The input as a row. */
  readonly x: tf.Tensor2D
  readonly clock: Clock
}

/** What a step works out on the way forward, and goes back along. */
interface Forward {
  readonly generated: Generated
  readonly pass: Pass
  /** What was generated, as inputs of the classifier. */
  readonly images: tf.Tensor
}

/** One step of both players: the passes forward, from whose outputs the losses are read, and the ways back. */
async function playStep(context: SamplerContext, game: Game, options: TrainingOptions, step: number): Promise<void> {
  const { clock } = game
  const network = networkOf(context.model)
  const { batch, dropout } = options
  // Rows of the input differ by dropout alone: a few stand for as many as are generated.
  const real = dropout > 0 ? Math.ceil(batch / 4) : 1
  const z = clock.in('random numbers', () => context.randomness.normals('@touchstone/osr-gan latent', step, batch * latent))
  // The containers of tfjs are typed as open ones.
  const passed = tf.tidy(() => passForward(context, game, options, network.inputShape, step, z, real) as unknown as tf.TensorContainer) as unknown as Forward
  let judged: tf.Tensor2D | undefined
  try {
    const [s, gradient] = await clock.awaited('classifier', () => Promise.all([passed.pass.output.data<'float32'>(), classifierGradient(context, passed.images, z, options)]))
    judged = gradient
    tf.tidy(() => passBack(context, game, options, passed, s, gradient, real))
  } finally {
    tf.dispose([passed as unknown as tf.TensorContainer, judged])
  }
}

function passForward({ randomness, dataset: { range } }: SamplerContext, { generator, discriminator, x, clock }: Game, { batch, dropout, generatorDropout }: TrainingOptions, inputShape: readonly number[], step: number, z: Float64Array, real: number): Forward {
  const [generatorMasks, discriminatorMasks] = clock.in('random numbers', () => {
    const masksOf = (stack: Stack, name: string, rows: number, share: number) =>
      share > 0 ? dropoutMasks(stack, rows, share, (count) => randomness.uniforms(`@touchstone/osr-gan ${name} dropout`, step, count)) : []
    return [masksOf(generator, 'generator', batch, generatorDropout), masksOf(discriminator, 'discriminator', batch + real, dropout)] as const
  })
  const generated = clock.in('generator', () => generate(generator, tf.tensor2d(Float32Array.from(z), [batch, latent]), range, generatorMasks))
  const pass = clock.in('discriminator', () => {
    const kernel = firstKernel(discriminator)
    const first = tf.concat2d([tf.matMul(generated.inputs, kernel), tf.tile(tf.matMul(x, kernel), [real, 1])], 0)
    return forwardStack(discriminator, generated.inputs, discriminatorMasks, first)
  })
  return { generated, pass, images: tf.reshape(generated.inputs, [batch, ...inputShape]) }
}

/** @param s the discriminator's logits @param judged the gradient of the classifier's part of the loss by the generated inputs */
function passBack({ dataset: { range } }: SamplerContext, { generator, discriminator, optimisers, x, clock }: Game, { batch, saturating, adversarial }: TrainingOptions, { generated, pass }: Forward, s: Float32Array, judged: tf.Tensor2D, real: number): void {
  const played = clock.in('discriminator', () => {
    const signal = Float32Array.from(s, (value, row) => (row < batch ? sigmoid(value) / batch : (sigmoid(value) - 1) / real))
    const back = backwardStack(discriminator, pass, tf.tensor2d(signal, [batch + real, 1]), (dy) => {
      const [fake, own] = [tf.slice2d(dy, [0, 0], [batch, -1]), tf.slice2d(dy, [batch, 0], [real, -1])]
      return tf.matMul(tf.concat2d([generated.inputs, x], 0), tf.concat2d([fake, tf.sum(own, 0, true)], 0), true, false)
    })
    // The generator's signal at the discriminator's output is the discriminator's times this.
    const turned = Float32Array.from({ length: batch }, (_, row) => (adversarial * deceptionLoss(s[row]!, saturating).slope) / Math.max(sigmoid(s[row]!), tiny))
    const fake = tf.mul(tf.slice2d(back.atFirst, [0, 0], [batch, -1]), tf.tensor2d(turned, [batch, 1]))
    return { back, atInput: tf.matMul(fake, firstKernel(discriminator), false, true) }
  })
  // Each player's gradients go before the other's are made.
  clock.in('optimiser', () => applyGradients(optimisers[1], discriminator, played.back))
  tf.dispose([...played.back.kernels, ...played.back.biases])
  const back = clock.in('generator', () => {
    const slopes = tf.mul(tf.mul(generated.shares, tf.sub(1, generated.shares)), range.high - range.low)
    return backwardStack(generator, generated.pass, tf.mul(tf.add(played.atInput, judged), slopes))
  })
  clock.in('optimiser', () => applyGradients(optimisers[0], generator, back))
}

const firstKernel = ({ kernels }: Stack): tf.Tensor2D => kernels[0] as unknown as tf.Tensor2D

/** Below it a quotient of signals would be a quotient of roundings. */
const tiny = 1e-20

/** The gradient of the classifier's part of the loss by generated inputs, a row each: so many rows at a time as may go through the classifier. */
async function classifierGradient(context: SamplerContext, images: tf.Tensor, z: Float64Array, options: TrainingOptions): Promise<tf.Tensor2D> {
  const { batchRows } = context
  const parts: tf.Tensor2D[] = []
  try {
    for (let from = 0; from < options.batch; from += batchRows) {
      const some = tf.slice(images, from, Math.min(batchRows, options.batch - from))
      parts.push(await gradientOfRows(context, some, z.subarray(from * latent), options).finally(() => some.dispose()))
    }
    return tf.concat2d(parts, 0)
  } finally {
    tf.dispose(parts)
  }
}

/** What the classifier keeps for the way back is gone when its gradient is there. */
async function gradientOfRows(context: SamplerContext, images: tf.Tensor, z: Float64Array, options: TrainingOptions): Promise<tf.Tensor2D> {
  const network = networkOf(context.model)
  const activations = forward(network, images)
  try {
    const signals = classifierSignals(context, await activations.output.data<'float32'>(), z, options)
    const rows = images.shape[0]
    return tf.tidy(() => tf.reshape<tf.Rank.R2>(backward(network, activations, tf.tensor(signals, [rows, ...network.outputShape]))[0]!, [rows, -1]))
  } finally {
    activations.dispose()
  }
}

/** The gradient of the classifier's part of the loss by its logits, of the mean over the batch: as many numbers as there are logits. */
function classifierSignals({ outputs, target }: SamplerContext, logits: Float32Array, z: Float64Array, { batch, classifier, side }: TrainingOptions): Float32Array {
  const origin = { outputs, target, predicted: argmax(outputs) }
  const classes = outputs.length
  const signals = new Float32Array(logits.length)
  for (let at = 0, row = 0; at < logits.length; at += classes, row++) {
    const { gradient } = classifierLoss(classifier, origin, logits.subarray(at, at + classes), levelOf(z[row * latent]!, classifier.delta, side))
    gradient.forEach((value, k) => (signals[at + k] = value / batch))
  }
  return signals
}

/** The generator starts around the input: the last bias is where its values lie in the range, as sigmoid sees them. */
function firstGenerator({ widths, values }: StackWeights, input: Float32Array, range: SamplerContext['dataset']['range'], biasInit: boolean): StackWeights {
  if (!biasInit) return { widths, values }
  const bias = input.map((value) => {
    const share = shareOf(value, range)
    return Math.log(share / (1 - share))
  })
  return { widths, values: [...values.slice(0, -1), bias] }
}

/**
 * Makes the last kernel smaller until what the generator begins with is accepted, with some to spare: the largest start, and so the most different inputs, from which
 * training need not find its way back.
 */
async function soften(context: SamplerContext, { kernels, ...rest }: Stack, { rules, acceptance }: TrainingOptions): Promise<void> {
  const { randomness, dataset: { range } } = context
  const z = randomness.normals('@touchstone/osr-gan start', 0, startRows * latent)
  const [last, bias] = [kernels.at(-1)!, rest.biases.at(-1)!]
  const beforeBias = tf.tidy(() => tf.sub(forwardStack({ kernels, ...rest }, tf.tensor2d(Float32Array.from(z), [startRows, latent])).output, bias))
  try {
    let scale = loudest
    for (; scale > quietest; scale /= shrink) {
      const made = tf.tidy(() => inRange(tf.sigmoid(tf.add(bias, tf.mul(beforeBias, scale))), range))
      const inputs = await rowsOf(made, startRows)
      const accepted = (await judgeNeighbours(context, inputs, rules)).filter(({ rejected }) => rejected === undefined).length
      if (accepted / startRows >= (1 + acceptance) / 2) break
    }
    tf.tidy(() => last.assign(tf.mul(last, scale)))
  } finally {
    beforeBias.dispose()
  }
}

/** Generated inputs, judged as samples will be. */
async function probe(context: SamplerContext, generator: Stack, { rules, dropoutAtSampling, generatorDropout, classifier, side }: TrainingOptions, step: number): Promise<Probe> {
  const { randomness, dataset } = context
  const inputs = await draws(generator, randomness, 'probe', step * probeRows, (step + 1) * probeRows, dataset.range, dropoutAtSampling ? generatorDropout : 0)
  const neighbours = await judgeNeighbours(context, inputs, rules)
  const lowest = side === 'both' ? -classifier.delta : 0
  return {
    step,
    accepted: neighbours.filter(({ rejected }) => rejected === undefined).length / probeRows,
    unevenness: unevenness(neighbours.map(({ logitDistance }) => (logitDistance - lowest) / (classifier.delta - lowest))),
    spread: meanDistance(inputs.slice(0, 16)),
    distance: mean(neighbours.map(({ inputDistance }) => inputDistance.l2)),
  }
}

/** Whether a generator that was probed so far is good enough. */
function isGood(probes: readonly Probe[], { acceptance, spread, classifier }: TrainingOptions): boolean {
  const [before, last] = probes.slice(-2)
  if (!before || !last || last.step < fewestSteps || before.accepted < acceptance || last.accepted < acceptance) return false
  return last.spread >= spread * last.distance && (classifier.logit !== 'target' || last.unevenness <= mostUneven)
}

/** The largest difference between the share of values up to some point and that of even numbers in (0, 1). */
function unevenness(values: readonly number[]): number {
  const ascending = Float64Array.from(values).sort()
  return ascending.reduce((largest, value, i) => {
    const even = Math.min(1, Math.max(0, value))
    return Math.max(largest, Math.abs((i + 1) / ascending.length - even), Math.abs(i / ascending.length - even))
  }, 0)
}

function meanDistance(inputs: readonly Float32Array[]): number {
  return mean(inputs.flatMap((a, i) => inputs.slice(0, i).map((b) => l2Distance(a, b))))
}
