import { breathe, featureCount, option, rowAt, singleBaselineValues, sizeOf, UserError, type Attributer, type Cost, type Dataset, type FeatureChoice, type FeatureGroups, type Model, type Randomness, type SingleBaseline } from '@touchstone/core'
import * as z from 'zod/mini'

/** What one input is asked about. */
interface Variants {
  /** Turns `x`, a copy of the input, into variant number `index`. */
  readonly vary: (x: Float32Array, index: number) => void
  /** The map, from the target's logit of every variant. */
  readonly explain: (logits: Float64Array) => ArrayLike<number>
}

/** What is known before any input is seen. */
export interface Setting {
  readonly inputShape: readonly number[]
  readonly reference: Dataset | undefined
}

/** A method that looks at nothing but the model's outputs for variants of the input. */
export interface Perturbation {
  /** How many variants of one input the model sees. */
  readonly rows: number
  /** What the number of rows comes from, as in `784 features`. */
  readonly because: string
  /** Called once per input, in order. */
  readonly begin: (randomness: Randomness, signal: AbortSignal | undefined) => Variants | Promise<Variants>
}

export const maxRowsOption = option(
  z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(2 ** 30, 'expected at most 1073741824')),
  { summary: 'inputs of which one map would cost more rows are refused', default: 100_000, unit: 'rows' },
)

/**
 * An attributer from variants of the input. Each row's variants follow one another, in order; `batchRows` of them go through the model at once,
 * across the borders of inputs, so that batches are full. No map depends on them.
 *
 * @throws UserError for a model that gives probabilities, a target that is no class of it, or a map that would cost more than `maxRows`.
 */
export function attributerFromVariants(name: string, prepare: (setting: Setting) => Perturbation | Promise<Perturbation>, maxRows = Infinity): Attributer {
  const prepared = async ({ inputShape, outputs }: Model, reference: Dataset | undefined): Promise<Perturbation> => {
    if (outputs !== 'logits')
      throw new UserError(`${name}: this method explains logits, but the model gives probabilities: use a model that ends with softmax (which layers-model separates) or linear. "random" would work`)
    const perturbation = await prepare({ inputShape, reference })
    const { rows, because } = perturbation
    if (rows > maxRows)
      throw new UserError(`${name}: for inputs of shape [${inputShape.join(', ')}], that is ${because}, one map costs ${formatRows(rows)} rows through the model, more than maxRows = ${maxRows}: make fewer, larger features or windows, or raise maxRows`)
    return perturbation
  }
  return {
    fits: async (model, dataset) => {
      await prepared(model, dataset)
    },
    attribute: async ({ model, inputs, targets, randomness, batchRows, reference, signal }) => {
      const { inputShape, classCount } = model
      const { rows, begin } = await prepared(model, reference)
      const count = inputs.shape[0] ?? 0
      if (targets.length !== count) throw new UserError(`${name}: expected a target for each of ${count} rows, found ${targets.length}`)
      for (const target of targets)
        if (!(Number.isInteger(target) && target >= 0 && target < classCount)) throw new UserError(`${name}: class ${target} does not exist: the model knows 0 to ${classCount - 1}`)

      const size = sizeOf(inputShape)
      const data = new Float32Array(count * size)
      const capacity = Math.min(batchRows, count * rows)
      const batch = new Float32Array(capacity * size)
      let filled = 0
      /** The inputs whose variants are on their way; the first is the next to be answered. */
      const open: { readonly row: number; readonly variants: Variants; readonly logits: Float64Array; answered: number }[] = []

      const flush = async (): Promise<void> => {
        await breathe(signal)
        const outputs = await model.predict({ shape: [filled, ...inputShape], data: batch.subarray(0, filled * size) })
        for (let slot = 0; slot < filled; slot++) {
          const one = open[0]!
          one.logits[one.answered++] = outputs.data[slot * classCount + targets[one.row]!]!
          if (one.answered < rows) continue
          data.set(one.variants.explain(one.logits), one.row * size)
          open.shift()
        }
        filled = 0
      }
      for (let row = 0; row < count; row++) {
        await breathe(signal)
        const variants = await begin(randomness[row]!, signal)
        open.push({ row, variants, logits: new Float64Array(rows), answered: 0 })
        const x = rowAt(inputs, row)
        for (let index = 0; index < rows; index++) {
          const slot = batch.subarray(filled * size, (filled + 1) * size)
          slot.set(x)
          variants.vary(slot, index)
          if (++filled === capacity) await flush()
        }
      }
      if (filled > 0) await flush()
      return { shape: inputs.shape, data }
    },
  }
}

/** Replaces what is absent by the baseline: x'_i = x_i where `present` holds i's feature, else b_i. */
export async function keeper({ of }: FeatureGroups, baseline: SingleBaseline, { inputShape, reference }: Setting, who: string): Promise<(x: Float32Array, present: (feature: number) => boolean) => void> {
  const absent = await singleBaselineValues(baseline, inputShape, reference, who)
  return (x, present) => {
    for (let index = 0; index < of.length; index++) if (!present(of[index]!)) x[index] = absent[index]!
  }
}

/** The cost of one map, exact where the number of rows is known before any input is seen, else the bound that `maxRows` sets. */
export function costOf(rows: number | undefined, maxRows: number): Cost {
  return rows !== undefined && rows <= maxRows ? { rows } : { rows: maxRows, adaptive: true }
}

/** The problem of a mask with so many features that every map would be refused; other groupings show theirs with the first input. */
export function tooManyRows(features: FeatureChoice, maxRows: number, rows: (count: number) => number): readonly { readonly option: 'maxRows'; readonly message: string }[] {
  const count = featureCount(features)
  if (count === undefined || rows(count) <= maxRows) return []
  return [{ option: 'maxRows', message: `the mask has ${count} features, so one map costs ${formatRows(rows(count))} rows through the model, more than ${maxRows}: make fewer features, or raise maxRows` }]
}

function formatRows(rows: number): string {
  return Number.isSafeInteger(rows) ? String(rows) : Number.isFinite(rows) ? `about ${rows.toExponential(0)}` : 'more than 1e308'
}
