import { defineExtension, eachRow, stackRows, type Model } from '@touchstone/core'

/**
 * The map of one input for the class `target`: A(x)_i = ...
 *
 * @param input values in the shape `model.inputShape`, row-major; not to be written to.
 * @returns how much each of them speaks for the class, in the same order.
 */
export async function mapOf(model: Model, input: Float32Array, target: number): Promise<Float32Array> {
  throw new Error('write the formula: mapOf in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'attributer',
  name: 'my-method',
  // One line that says what it is, and the paper with its equation.
  summary: '',
  citation: '',
  // Do maps have negative values? Does the method need more of a model than outputs, such as 'network'? Can the map itself be differentiated?
  traits: { signed: true, needs: [], differentiable: 'no' },
  // How many rows one map sends through the model, from the options and the shape of an input: ({}, inputShape) => ({ rows: ... })
  cost: () => {
    throw new Error('write how many model rows a map takes: cost in src/my-method.ts')
  },
  create: () => ({
    attribute: async ({ model, inputs, targets, signal }) => {
      const maps: Float32Array[] = []
      for (const [row, input] of eachRow(inputs).entries()) {
        signal?.throwIfAborted()
        maps.push(await mapOf(model, input, targets[row]!))
      }
      return stackRows(maps, model.inputShape)
    },
  }),
})
