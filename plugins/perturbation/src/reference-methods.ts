import { defineReferenceMethod, entryOfRow, sizeOf, type Nested, type ReferenceProblem } from '@touchstone/core'
import { featureAblationAttributer } from './feature-ablation.js'
import { kernelShapAttributer } from './kernel-shap.js'
import { occlusionAttributer } from './occlusion.js'
import { shapleyExactAttributer } from './shapley-exact.js'

const maxRows = 1_000_000

/** How this package answers reference cases. */
export const referenceMethods = [
  defineReferenceMethod('feature-ablation', 'the fall of the output when a feature is at its baseline; params: baselines, feature_mask', (problem) => {
    const of = features(problem)
    return problem.together((row) => featureAblationAttributer({ ...of(row), maxRows }))
  }),
  defineReferenceMethod('shapley-values', 'Shapley values over all coalitions; params: baselines, feature_mask', (problem) => {
    const of = features(problem)
    return problem.together((row) => shapleyExactAttributer({ ...of(row), maxRows }))
  }),
  defineReferenceMethod('kernel-shap', 'Shapley values by weighted least squares; params: baselines, feature_mask, n_samples', (problem) => {
    const of = features(problem)
    const coalitions = problem.params.number('n_samples', 2048)
    return problem.together((row) => kernelShapAttributer({ ...of(row), coalitions }))
  }),
  defineReferenceMethod('occlusion', 'the mean fall of the output over the windows that cover a value; params: sliding_window_shapes, strides, baselines', (problem) => {
    const { inputs, params } = problem
    const windows = params.perInput('sliding_window_shapes', inputs.length) ?? []
    const strides = params.perInput('strides', inputs.length)
    const baselines = params.perInput('baselines', inputs.length)
    return problem.oneByOne((row, input) => {
      const shape = inputs[input]!.shape.slice(1)
      const perAxis = (value: unknown) => (typeof value === 'number' ? shape.map(() => value) : (value as readonly number[]))
      return occlusionAttributer({
        window: perAxis(windows[input]),
        stride: perAxis(strides?.[input] ?? 1),
        baseline: baselines ? nestedOf(entryOfRow(baselines[input]!, row, inputs[input]!, `params.baselines[${input}]`), shape) : 0,
        maxRows,
      })
    })
  }),
]

/** Features and baseline of a row, flat, of all inputs side by side. Equal numbers in the masks of different inputs are one feature. */
function features({ inputs, params }: ReferenceProblem): (row: number) => { readonly features: { readonly mask: readonly number[] } | 'values'; readonly baseline: Nested } {
  const masks = params.perInput('feature_mask', inputs.length)
  const baselines = params.perInput('baselines', inputs.length)
  const flat = (name: string, arrays: NonNullable<typeof masks>, row: number) => inputs.flatMap((input, index) => entryOfRow(arrays[index]!, row, input, `params.${name}[${index}]`))
  return (row) => ({ features: masks ? { mask: flat('feature_mask', masks, row) } : 'values', baseline: baselines ? flat('baselines', baselines, row) : 0 })
}

/** The nested lists of a shape that hold these values, row-major. */
function nestedOf(values: readonly number[], shape: readonly number[]): Nested {
  const [length, ...rest] = shape
  if (length === undefined) return values[0]!
  const size = sizeOf(rest)
  return Array.from({ length }, (_, index) => nestedOf(values.slice(index * size, (index + 1) * size), rest))
}
