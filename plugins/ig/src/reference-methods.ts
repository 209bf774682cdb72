import { defineReferenceFunction, defineReferenceMethod, entryOfRow, rowAt, UserError, type ReferenceParams } from '@touchstone/core'
import { explainByTensors } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { integratedGradientsAttributer } from './integrated-gradients.js'
import { layerConductance } from './layer-conductance.js'
import { quadrature, type QuadratureRule } from './quadrature.js'

const captumRules: Readonly<Record<string, QuadratureRule>> = {
  gausslegendre: 'gauss-legendre',
  riemann_left: 'riemann-left',
  riemann_right: 'riemann-right',
  riemann_middle: 'riemann-middle',
  riemann_trapezoid: 'trapezoid',
}

/** How this package answers reference cases. */
export const referenceMethods = [
  defineReferenceMethod('integrated-gradients', 'integrated gradients; params: baselines, n_steps, method, multiply_by_inputs, not_interpolated', async ({ inputs, params, together }) => {
    const options = { steps: params.number('n_steps', 50), quadrature: rule(params, 'method', 'gausslegendre'), inputFactor: params.boolean('multiply_by_inputs', true), maxSteps: 0 }
    const fixed = (params.value('not_interpolated') ?? []) as readonly number[]
    const moving = inputs.map((_, index) => index).filter((index) => !fixed.includes(index))
    const given = params.perInput('baselines', inputs.length)
    // An input that is its own baseline stays where it is.
    const baseline = (row: number) => inputs.flatMap((input, index) => (fixed.includes(index) ? [...rowAt(input, row)] : entryOfRow(given?.[index] ?? 0, row, input, `params.baselines[${index}]`)))
    const maps = await together((row) => integratedGradientsAttributer({ ...options, baseline: baseline(row) }))
    return moving.map((index) => maps[index]!)
  }),
  defineReferenceMethod('layer-conductance', 'conductance of the units of a layer; params: layer, n_steps, baselines', (problem) => {
    const { inputs, params } = problem
    const [layer, steps, baselines] = [params.text('layer'), params.number('n_steps', 50), params.perInput('baselines', inputs.length)]
    return explainByTensors(problem, (network, x, targets) => {
      const baseline = inputs.map((input, index) => tf.tensor(Array.from({ length: input.shape[0]! }, (_, row) => entryOfRow(baselines?.[index] ?? 0, row, input, `params.baselines[${index}]`)).flat(), [...input.shape]))
      return [layerConductance(network, x, targets, { layer, steps, baseline })]
    })
  }),
  defineReferenceFunction('quadrature', 'points and weights of a rule on [0, 1]; params: rule, n_steps', (params) => {
    const { points, weights } = quadrature(rule(params, 'rule'), params.number('n_steps'))
    return [points, weights]
  }),
]

function rule(params: ReferenceParams, name: string, fallback?: string): QuadratureRule {
  const asked = params.text(name, fallback)
  const known = captumRules[asked]
  if (!known) throw new UserError(`params.${name}: there is no rule "${asked}"`)
  return known
}
