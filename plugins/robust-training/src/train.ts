import { argmax, breathe, canonicalJson, createRandomness, hash, rowAt, sameShape, sliceRows, UserError, type Model, type Randomness, type TrainingContext } from '@touchstone/core'
import { createNetwork, fingerprintOf, modelFromNetwork, networkOf, weightGradients, type Network } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { attack, type AttackBudget } from './attack.js'
import { readState, writeState, type TrainingState } from './checkpoint.js'
import { augment, batchesOf, drawsPerImage, readerOf, splitOf, type Augmentation, type LabelledRows } from './examples.js'
import { attackedOf, joined, learnByBatch, modesOf, type Modes } from './modes.js'
import { lossOf, type Examples, type Objective } from './objectives.js'
import { adam, sgd, type Optimizer } from './optimizers.js'

/** How a network is trained, whatever for. */
export interface TrainingOptions extends Augmentation {
  readonly steps: number
  readonly batch: number
  readonly optimizer: 'adam' | 'sgd'
  readonly momentum: number
  readonly learningRate: number
  /** Other learning rates from some steps on, in order. */
  readonly rates: readonly { readonly from: number; readonly rate: number }[]
  readonly decay: 'none' | 'cosine'
  readonly weightDecay: number
  readonly heldOut: number
  readonly lookEvery: number
  readonly targetAccuracy: number | undefined
}

/** An attack's budget as options have it, in shares of the dataset's range, and the steps of the training over which it grows to that. */
type AttackShares = Omit<AttackBudget, 'bounds'> & { readonly growth: number }

/** Everything that determines a training beside its context. */
export interface Training {
  readonly objective: Objective
  readonly options: TrainingOptions
  readonly attacks?: AttackShares
  /** Names the trainer and its options: a checkpoint is good for the same alone. */
  readonly identity: unknown
}

/** Follows the gradients of an objective, batch by batch. See TrainingContext for what it does on the way. */
export async function train({ objective, options, attacks, identity }: Training, context: TrainingContext): Promise<Model> {
  const { model, dataset, seed, batchRows = 64, checkpointEvery = Infinity, onProgress, signal } = context
  const given = networkOf(model)
  if (!sameShape(model.inputShape, dataset.inputShape)) throw new UserError(`the model takes inputs of shape [${model.inputShape.join(', ')}], the dataset has [${dataset.inputShape.join(', ')}]: choose those that fit`)
  if (dataset.size - options.heldOut < options.batch) throw new UserError(`${dataset.size} examples, ${options.heldOut} of them held out, leave less than a batch of ${options.batch}: hold out fewer or make the batch smaller`)
  const randomness = createRandomness(seed, '@touchstone/robust-training')
  const split = splitOf(dataset, options.heldOut, randomness)
  if ((options.shift > 0 || options.flip) && dataset.inputShape.length !== 3) throw new UserError(`images [height, width, channels] can be moved and mirrored, but the dataset has inputs of shape [${dataset.inputShape.join(', ')}]: leave out shift and flip`)
  const read = readerOf(dataset, model.classCount)
  const heldOut = await read(split.heldOut)
  const changed = (rows: LabelledRows, step: number): LabelledRows =>
    options.shift > 0 || options.flip ? augment(rows, options, randomness.uniforms('augmentation', step, drawsPerImage * rows.labels.length)) : rows
  const batchAt = batchesOf(split.learned, options.batch, randomness)
  const optimizer = options.optimizer === 'adam' ? adam : sgd(options.momentum)
  const { low, high } = dataset.range
  const budgetAt = attacks && ((step: number): AttackBudget => {
    const share = (step < attacks.growth ? (step + 1) / attacks.growth : 1) * (high - low)
    return { steps: attacks.steps, epsilon: attacks.epsilon * share, stepSize: attacks.stepSize * share, bounds: dataset.range }
  })
  // A batch normalisation's fingerprint says what it does, not of which averages.
  const modes = modesOf(given)
  const network = modes.evaluated
  const name = hash(canonicalJson({ identity, seed, batchRows, model: network === given ? model.fingerprint : fingerprintOf(network.graph), dataset: dataset.fingerprint }))
  const descend = stepOf(modes, objective, options, optimizer, budgetAt, randomness, batchRows)
  const averages = new Set(modes.normalised.flatMap(({ mean, variance }) => [mean, variance]))
  const slots = network.weights.map((_, i) => (averages.has(i) ? 0 : optimizer.slots))

  let state: TrainingState = { step: 0, done: false, tensors: [] }
  let kept = -1
  const keepState = async (): Promise<void> => {
    if (kept === state.step || !context.onCheckpoint) return
    await context.onCheckpoint(await writeState(state, name))
    kept = state.step
  }
  const look = (): Promise<number> => accuracyOf(network.withWeights(state.tensors.map(([weight]) => weight!)), heldOut, batchRows)
  try {
    state = context.resume ? readState(context.resume, name, network.weights.map(({ tensor }, i) => new Array<readonly number[]>(slots[i]! + 1).fill(tensor.shape))) : begin(network, slots)
    if (context.resume) kept = state.step
    while (state.step < options.steps && !state.done) {
      await breathe()
      if (signal?.aborted) {
        await keepState()
        signal.throwIfAborted()
      }
      const examples = await read(batchAt(state.step))
      const { loss, tensors } = await descend(state, changed(examples, state.step))
      disposeState(state)
      const step = state.step + 1
      state = { step, done: false, tensors }
      const accuracy = heldOut.labels.length > 0 && (step % options.lookEvery === 0 || step === options.steps) ? await look() : undefined
      if (options.targetAccuracy !== undefined && accuracy !== undefined && accuracy >= options.targetAccuracy) state = { ...state, done: true }
      onProgress?.({ step, steps: options.steps, loss, ...(accuracy !== undefined && { accuracy }) })
      if (step % checkpointEvery === 0) await keepState()
    }
    await keepState()
    return await trained(network, state)
  } finally {
    disposeState(state)
    modes.dispose()
  }
}

/** @param slots how many tensors the optimiser keeps for each weight */
function begin(network: Network, slots: readonly number[]): TrainingState {
  const tensors = network.weights.map(({ tensor }, i) => [tf.clone(tensor), ...Array.from({ length: slots[i]! }, () => tf.zerosLike(tensor))].map((one) => tf.keep(one)))
  return { step: 0, done: false, tensors }
}

function disposeState({ tensors }: TrainingState): void {
  tf.dispose(tensors.flat())
}

/** A step: the batch's gradient by parts that fit `batchRows`, and what the optimiser makes of it. */
function stepOf(modes: Modes, objective: Objective, options: TrainingOptions, optimizer: Optimizer, budgetAt: ((step: number) => AttackBudget) | undefined, randomness: Randomness, batchRows: number) {
  const { evaluated, normalised } = modes
  const rowsAtOnce = Math.max(1, Math.floor(batchRows / objective.rowsPerExample))
  // Predictions by the statistics of a batch are of all of it at once: they come after its parts have moved.
  const whole = normalised.length > 0
  const partial = whole ? objective.norms : (network: Network, examples: Examples, moved: tf.Tensor) => lossOf(objective, network, examples, moved)
  return async (state: TrainingState, rows: LabelledRows): Promise<{ readonly loss: number; readonly tensors: readonly (readonly tf.Tensor[])[] }> => {
    const count = rows.labels.length
    const weights = state.tensors.map(([weight]) => weight!)
    const current = evaluated.withWeights(weights)
    const budget = budgetAt?.(state.step)
    const attacked = objective.climb && budget ? await attackedOf(modes, current) : current
    const noise = budget && Float32Array.from(randomness.uniforms('start of attack', state.step, rows.data.length), (uniform) => 2 * uniform - 1)
    const moved: tf.Tensor[] = []
    let sums: tf.Tensor[] = []
    const addTo = (parts: readonly tf.Tensor[]): tf.Tensor[] => parts.map((part, i) => (sums[i] ? tf.add(sums[i], part) : part))
    const replaceBy = (next: tf.Tensor[]): void => {
      tf.dispose(sums)
      sums = next
    }
    for (let from = 0; from < count; from += rowsAtOnce) {
      await breathe()
      const to = Math.min(from + rowsAtOnce, count)
      const next = tf.tidy(() => {
        const { shape, data } = sliceRows(rows, from, to)
        const examples = { x: tf.tensor(data, [...shape]), labels: rows.labels.slice(from, to) }
        const size = rows.data.length / count
        const there = objective.climb && budget && noise ? attack(attacked, objective.climb, examples, noise.subarray(from * size, to * size), budget) : examples.x
        if (whole) moved.push(tf.keep(tf.clone(there)))
        if (!partial) return []
        const { value, gradients } = weightGradients(current, (other) => partial(other, examples, there))
        return addTo([value, ...gradients])
      })
      replaceBy(next)
    }
    if (attacked !== current) attacked.dispose()
    let averages: ReadonlyMap<number, tf.Tensor> = new Map<number, tf.Tensor>()
    if (whole) {
      await breathe()
      const inputs = objective.of === 'moved' ? tf.concat(moved) : tf.tensor(rows.data, [...rows.shape])
      const learned = learnByBatch(modes, weights, inputs, rows.labels)
      replaceBy(tf.tidy(() => addTo(learned.parts)))
      averages = learned.averages
      tf.dispose([inputs, moved, learned.parts.filter((part) => !sums.includes(part))])
    }
    const [total, ...gradients] = sums
    const loss = (await total!.data())[0]! / count
    if (!Number.isFinite(loss)) {
      tf.dispose([sums, [...averages.values()]])
      throw new UserError(`the loss is ${loss} after step ${state.step}: choose a smaller learning rate`)
    }
    const rate = rateAt(options, state.step)
    const tensors = state.tensors.map(([weight, ...slots], i) => {
      const average = averages.get(i)
      if (average) return [tf.keep(average)]
      const decays = options.weightDecay > 0 && evaluated.weights[i]!.name.endsWith('/kernel')
      return tf.tidy(() => {
        const own = objective.mean ? tf.div(gradients[i]!, count) : gradients[i]!
        const gradient = decays ? tf.add(own, tf.mul(weight!, options.weightDecay)) : own
        return [...optimizer.step(weight!, gradient, slots, rate, state.step + 1)]
      }).map((one) => tf.keep(one))
    })
    tf.dispose(sums)
    return { loss, tensors }
  }
}

/** The learning rate of a step, counted from 0. */
export function rateAt({ learningRate, rates, decay, steps }: Pick<TrainingOptions, 'learningRate' | 'rates' | 'decay' | 'steps'>, step: number): number {
  const rate = rates.findLast(({ from }) => step >= from)?.rate ?? learningRate
  return decay === 'cosine' ? (rate * (1 + Math.cos((Math.PI * step) / steps))) / 2 : rate
}

/** The share of rows that the network gets right. */
async function accuracyOf(network: Network, rows: LabelledRows, batchRows: number): Promise<number> {
  let right = 0
  for (let from = 0; from < rows.labels.length; from += batchRows) {
    const { shape, data } = sliceRows(rows, from, Math.min(from + batchRows, rows.labels.length))
    const output = tf.tidy(() => network.logits(tf.tensor(data, [...shape])))
    const logits = { shape: output.shape, data: await output.data<'float32'>() }
    output.dispose()
    for (let row = 0; row < shape[0]!; row++) if (argmax(rowAt(logits, row)) === rows.labels[from + row]) right++
  }
  return right / rows.labels.length
}

/** A model of its own with the weights of a state. */
async function trained(network: Network, { tensors }: TrainingState): Promise<Model> {
  return modelFromNetwork(createNetwork(await joined(network.withWeights(tensors.map(([weight]) => weight!)))), { dispose: true })
}
