import { argmax, canonicalJson, createToken, isRecord, option, singleBaselineOption, singleBaselineValues, UserError, type Model, type ResultDetails, type Score, type ScoreContext, type SingleBaseline } from '@touchstone/core'
import * as z from 'zod/mini'
import { blur } from './blur.js'

/** What stands for "absent": a baseline, or something made of the input itself. */
export type Absent = SingleBaseline | 'minimum' | { readonly blur: number }

const isOwn = (value: unknown): value is Absent => value === 'minimum' || (isRecord(value) && Object.keys(value).length === 1 && typeof value.blur === 'number' && value.blur > 0 && value.blur <= 1000)

const given = singleBaselineOption.schema['~standard']

export const absentOption = option<Absent>(
  z.custom<Absent>((value) => isOwn(value) || !('issues' in given.validate(value)), 'expected a number, "mean", "minimum", { blur: 5 }, or a nested list of numbers whose lists of one depth are equally long'),
  {
    summary: `${singleBaselineOption.summary}; "minimum", the smallest value of the input itself; or { blur: sd }, the input blurred by a Gaussian of so many pixels`,
    default: 0,
    unit: 'input values',
  },
)

/**
 * The values that stand for "absent" in an input, in its shape.
 * @throws UserError where a shape does not fit, or what is to be blurred is no image.
 */
export async function absentValues(absent: Absent, { example, model, dataset }: ScoreContext, who: string): Promise<Float32Array> {
  const { input } = example
  if (absent === 'minimum') return new Float32Array(input.length).fill(input.reduce((low, value) => Math.min(low, value), Infinity))
  if (typeof absent !== 'object' || !('blur' in absent)) return singleBaselineValues(absent, model.inputShape, dataset, who)
  checkImages(absent, model, who)
  const [height, width, channels] = model.inputShape
  return blur(input, { height: height!, width: width!, channels: channels! }, absent.blur)
}

const classOfAbsent = createToken<number>('@touchstone/fidelity:class of the baseline')

/**
 * What a result says where the model gives what stands for "absent" the class under explanation: an input of which all is taken away then keeps its class, and the
 * fall of the output is small, or no fall. One row per example, for all methods and scores of the same baseline.
 */
export async function absentDiagnostics(absent: Absent, context: ScoreContext, who: string): Promise<Pick<ResultDetails, 'diagnostics'>> {
  const { model, target, predict } = context
  const predicted = await context.kept(classOfAbsent, canonicalJson(absent), async () => argmax((await predict({ shape: [1, ...model.inputShape], data: await absentValues(absent, context, who) })).data))
  return predicted === target ? { diagnostics: { baseline: 'the model gives it the class under explanation' } } : {}
}

/** Whether what stands for "absent" fits a model and the data. */
export function fitsAbsent(absent: Absent, who: string): NonNullable<Score['fits']> {
  return async (model, dataset) => {
    if (absent === 'minimum') return
    if (typeof absent === 'object' && 'blur' in absent) checkImages(absent, model, who)
    else await singleBaselineValues(absent, model.inputShape, dataset, who)
  }
}

function checkImages({ blur: sd }: { readonly blur: number }, { inputShape }: Model, who: string): void {
  if (inputShape.length !== 3) throw new UserError(`${who}: baseline { blur: ${sd} } needs images, but inputs have shape [${inputShape.join(', ')}]: give a number or "mean"`)
}
