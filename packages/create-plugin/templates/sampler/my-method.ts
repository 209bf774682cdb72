import { breathe, defineExtension, judgeNeighbours, type Dataset, type Randomness } from '@touchstone/core'

/**
 * Neighbour number `draw` of an input: x~_i = ...
 *
 * @param input not to be written to.
 * @param range within which the values of a neighbour must lie.
 * @param randomness numbers by purpose and draw, as in `randomness.normals('my-method', draw, input.length)`: the same for the same seed and example.
 */
export function neighbourOf(input: Float32Array, range: Dataset['range'], randomness: Randomness, draw: number): Float32Array {
  throw new Error('write the formula: neighbourOf in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'sampler',
  name: 'my-method',
  // One line that says what it is, and the paper with its equation.
  summary: '',
  citation: '',
  // 'attributer' for an attack on the method under test, which then is `context.attributer`.
  traits: { dependsOn: 'model' },
  // How many rows one neighbour sends through the model; judgeNeighbours alone takes one: () => ({ rows: 1 })
  cost: () => {
    throw new Error('write how many model rows a neighbour takes: cost in src/my-method.ts')
  },
  create: () => ({
    sample: async (context, count) => {
      const inputs: Float32Array[] = []
      for (let draw = 0; draw < count; draw++) {
        await breathe(context.signal)
        inputs.push(neighbourOf(context.example.input, context.dataset.range, context.randomness, draw))
      }
      // Rules that refuse a neighbour, such as sameClass, stand in the list.
      return judgeNeighbours(context, inputs, [])
    },
  }),
})
