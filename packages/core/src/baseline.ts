import type { Dataset } from './contracts/dataset.js'
import { UserError } from './errors.js'
import { createMemo } from './memo.js'
import { isNested, spreadNested, type Nested } from './nested.js'
import { option, type Option } from './options.js'
import { isRecord } from './resolve.js'
import { sameShape, sizeOf } from './rows.js'
import { schemaOf } from './schema.js'

/**
 * An input that stands for "nothing is there": one number for every value, a nested list in the input's shape (an axis of length 1 repeats, the
 * channel axis may be left out), or `'mean'`, the mean of reference examples.
 */
export type SingleBaseline = Nested | 'mean'

/** One baseline; or several, over which a method averages its maps: those listed, or `examples` examples of the reference data. */
export type Baseline = SingleBaseline | { readonly average: readonly SingleBaseline[] } | { readonly examples: number }

/** How many examples make `'mean'`, or all where there are fewer. */
export const meanExamples = 1000

/** Per dataset. */
const kept = createMemo<readonly Float32Array[]>()

/** The most baselines that a method averages over. */
const most = 10_000

const isSingle = (value: unknown): value is SingleBaseline => value === 'mean' || isNested(value)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most

const isBaseline = (value: unknown): value is Baseline => {
  if (isSingle(value)) return true
  if (!isRecord(value) || Object.keys(value).length !== 1) return false
  if (isCount(value.examples)) return true
  return Array.isArray(value.average) && isCount(value.average.length) && value.average.every(isSingle)
}

const single = 'a number, "mean", or a nested list of numbers whose lists of one depth are equally long'

/** The option `baseline` of a method that takes a single one. */
export const singleBaselineOption: Option<SingleBaseline> = option(schemaOf(isSingle, `expected ${single}`), {
  summary: `the values that stand for "absent": one number, a nested list in the shape of the input (an axis of length 1 repeats, channels may be left out), or "mean", that of ${meanExamples} examples spread evenly over the dataset`,
  default: 0,
  unit: 'input values',
})

/** The option `baseline` of a method that can average over several. */
export function baselineOption(fallback: Baseline = 0): Option<Baseline> {
  return option(schemaOf(isBaseline, `expected ${single}; or several: { average: [0, "mean"] } or { examples: 16 }, 1 to ${most} of them`), {
    summary: `the input x0 to compare with: one number, a nested list in the shape of the input (an axis of length 1 repeats, channels may be left out), "mean", that of ${meanExamples} examples spread evenly over the dataset; several, whose maps are averaged, as { average: [0, "mean"] } or { examples: 16 }, examples spread evenly over the dataset`,
    default: fallback,
    unit: 'input values',
  })
}

/** How many baselines that are. */
export function baselineCount(baseline: Baseline): number {
  if (!isRecord(baseline)) return 1
  return 'average' in baseline ? baseline.average.length : baseline.examples
}

/**
 * The values of each baseline, in the shape of an input, row-major. What comes from data is read when it is first asked for, and kept as long as the
 * dataset lives; it depends on the dataset alone, never on the inputs at hand. The arrays are shared: not to be written to.
 *
 * @param who the method, for messages.
 * @throws UserError where a shape does not fit, or examples are asked for that are not there.
 */
export async function baselineValues(baseline: Baseline, inputShape: readonly number[], reference: Dataset | undefined, who: string): Promise<readonly Float32Array[]> {
  if (isRecord(baseline) && 'average' in baseline) return Promise.all(baseline.average.map((one) => singleBaselineValues(one, inputShape, reference, who)))
  if (!isRecord(baseline)) return [await singleBaselineValues(baseline, inputShape, reference, who)]
  const { examples } = baseline
  const dataset = fitting(reference, inputShape, who, `{ examples: ${examples} }`)
  if (examples > dataset.size) throw new UserError(`${who}: baseline asks for ${examples} examples, but the dataset has ${dataset.size}: ask for fewer`)
  return kept(dataset, `examples ${examples}`, () => Promise.all(indices(dataset.size, examples).map(async (index) => (await dataset.example(index)).input)))
}

/** The same for a method that takes one. */
export async function singleBaselineValues(baseline: SingleBaseline, inputShape: readonly number[], reference: Dataset | undefined, who: string): Promise<Float32Array> {
  if (baseline !== 'mean') return Float32Array.from(spreadNested(baseline, inputShape, `${who}: baseline`))
  const dataset = fitting(reference, inputShape, who, '"mean"')
  return (await kept(dataset, 'mean', async () => [await meanOf(dataset)]))[0]!
}

function fitting(reference: Dataset | undefined, inputShape: readonly number[], who: string, what: string): Dataset {
  if (!reference) throw new UserError(`${who}: baseline ${what} needs reference data: an evaluation takes its dataset; from code, give the request a dataset as \`reference\`, or write the baseline's values`)
  if (!sameShape(reference.inputShape, inputShape))
    throw new UserError(`${who}: baseline ${what} needs reference data of shape [${inputShape.join(', ')}], the dataset's inputs are [${reference.inputShape.join(', ')}]: give data made for this model`)
  return reference
}

/** The mean of examples, summed in double precision and in order. */
async function meanOf(dataset: Dataset): Promise<Float32Array> {
  const count = Math.min(meanExamples, dataset.size)
  if (count === 0) throw new UserError('baseline "mean" needs examples, but the dataset has none')
  const sums = new Float64Array(sizeOf(dataset.inputShape))
  for (const index of indices(dataset.size, count)) (await dataset.example(index)).input.forEach((value, i) => (sums[i]! += value))
  return Float32Array.from(sums, (sum) => sum / count)
}

/** `count` indices, spread evenly, since many datasets stand sorted by class. */
function indices(size: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor((index * size) / count))
}
