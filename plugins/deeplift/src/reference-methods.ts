import { defineReferenceMethod, entryOfRow, type ReferenceProblem } from '@touchstone/core'
import { explainByTensors } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { contributions } from './contributions.js'
import type { DeepLiftRuleName } from './rules/table.js'

/** How this package answers reference cases. */
export const referenceMethods = [
  ofRule('deeplift-rescale', 'rescale'),
  ofRule('deeplift-reveal-cancel', 'reveal-cancel'),
]

function ofRule(name: string, rule: DeepLiftRuleName) {
  return defineReferenceMethod(name, `DeepLIFT by the rule ${rule}; params: baselines, multiply_by_inputs, layer`, (problem) => {
    const { params } = problem
    const [baseline, inputFactor, layer] = [baselines(problem), params.boolean('multiply_by_inputs', true), params.value('layer')]
    const at = layer === undefined ? undefined : [params.text('layer')]
    return explainByTensors(problem, (network, x, targets) => contributions(network, x, targets, { rule, inputFactor, baseline: baseline.map((values, i) => tf.tensor(values, x[i]!.shape)) }, at))
  })
}

/** The baselines of all rows, per input. */
function baselines({ inputs, params }: ReferenceProblem): readonly (readonly number[])[] {
  const given = params.perInput('baselines', inputs.length)
  return inputs.map((input, index) => Array.from({ length: input.shape[0]! }, (_, row) => entryOfRow(given?.[index] ?? 0, row, input, `params.baselines[${index}]`)).flat())
}
