import { defineReferenceMethod, entryOfRow, UserError, type Answer, type ReferenceProblem, type Rows } from '@touchstone/core'
import { meanSquaredGap } from './infidelity.js'

/** One array per input that is perturbed. */
interface GivenPerturbation {
  readonly perturbation: Parameters<typeof entryOfRow>[0][]
  readonly perturbed_inputs: Parameters<typeof entryOfRow>[0][]
}

/** How this package answers reference cases. */
export const referenceMethods = [
  defineReferenceMethod(
    'infidelity',
    'mean over perturbations I of (I . g - (F(x) - F(x perturbed)))^2; params: attribution, perturbations, not_perturbed, normalize, scale_attribution',
    async (problem) => {
      const { inputs, params, ask } = problem
      const { method, params: about } = params.value('attribution') as { readonly method: string; readonly params?: unknown }
      const fixed = (params.value('not_perturbed') ?? []) as readonly number[]
      const moving = inputs.map((_, index) => index).filter((index) => !fixed.includes(index))
      const scale = params.number('scale_attribution', 1)
      const normalise = params.boolean('normalize', false)
      const perturbations = params.value('perturbations')
      if (!Array.isArray(perturbations)) throw new UserError('params.perturbations: expected a list')

      const answered = await ask(method, about, inputs)
      // A method may leave out the maps of inputs that it holds fixed.
      const maps = answered.length === moving.length ? answered : moving.map((index) => answered[index]!)
      const rows = inputs[0]!.shape[0] ?? 0
      const before = await outputsPerRow(problem, inputs)
      const expected: Float64Array[] = []
      const falls: Float64Array[] = []
      for (const { perturbation, perturbed_inputs: perturbed } of perturbations as readonly GivenPerturbation[]) {
        const per = (values: readonly Parameters<typeof entryOfRow>[0][], what: string) =>
          moving.map((input, at) => Array.from({ length: rows }, (_, row) => entryOfRow(values[at]!, row, inputs[input]!, `params.perturbations: ${what}`)).flat())
        expected.push(dotPerRow(per(perturbation, 'perturbation'), maps, rows).map((dot) => dot * scale))
        const moved = per(perturbed, 'perturbed_inputs')
        const after = await outputsPerRow(problem, inputs.map((input, index) => (fixed.includes(index) ? input : { shape: input.shape, data: Float32Array.from(moved[moving.indexOf(index)]!) })))
        falls.push(before.map((output, row) => output - after[row]!))
      }
      return [Array.from({ length: rows }, (_, row) => meanSquaredGap(expected.map((dots) => dots[row]!), falls.map((fall) => fall[row]!), normalise))]
    },
  ),
]

/** The output of every row's target, or the sum of its outputs. */
async function outputsPerRow({ ask, targets }: ReferenceProblem, inputs: readonly Rows[]): Promise<Float64Array> {
  const rows = inputs[0]!.shape[0] ?? 0
  const outputs = (await ask('forward', {}, inputs))[0]!
  const width = outputs.length / rows
  return Float64Array.from({ length: rows }, (_, row) => {
    if (targets) return outputs[row * width + targets[row]!]!
    let sum = 0
    for (let index = 0; index < width; index++) sum += outputs[row * width + index]!
    return sum
  })
}

function dotPerRow(a: Answer, b: Answer, rows: number): Float64Array {
  const sums = new Float64Array(rows)
  a.forEach((values, input) => {
    for (let at = 0; at < values.length; at++) sums[Math.floor((at * rows) / values.length)]! += values[at]! * b[input]![at]!
  })
  return sums
}
