import { breathe, defineExtension, hash, rowAt, type Attributer } from '@touchstone/core'

const purpose = '@touchstone/perturbation:random'

/** The attributer behind `random`. */
export function randomAttributer(): Attributer {
  return {
    attribute: async ({ inputs, randomness, signal }) => {
      const data = new Float32Array(inputs.data.length)
      for (let row = 0; row < (inputs.shape[0] ?? 0); row++) {
        await breathe(signal)
        const x = rowAt(inputs, row)
        // The input's own bytes choose the draw.
        const draw = Number.parseInt(hash(x).slice(0, 8), 16)
        data.set(randomness[row]!.normals(purpose, draw, x.length), row * x.length)
      }
      return { shape: inputs.shape, data }
    },
  }
}

/**
 * Random maps, a control: A(x)_i ~ N(0, 1), independent of the model, the target and the values of x, in the shape of the input. Costs no rows.
 *
 * Every input gets numbers of its own, a neighbour others than its example, although both have the same randomness. The same numbers for both
 * would make the control perfectly robust, as any map is that ignores its input. So it marks the other end: what a method scores that knows
 * nothing, about faithfulness and robustness alike. The same input of the same example gets the same map again.
 *
 * Source: as in Hooker, Erhan, Kindermans, Kim, "A benchmark for interpretability methods in deep neural networks", NeurIPS 2019.
 */
export const random = defineExtension({
  kind: 'attributer',
  name: 'random',
  summary: 'Control: standard normal numbers that know neither model nor input, fresh for every input',
  citation: 'Hooker, Erhan, Kindermans, Kim, "A benchmark for interpretability methods in deep neural networks", NeurIPS 2019',
  traits: { signed: true, needs: [], differentiable: 'no' },
  cost: () => ({ rows: 0 }),
  create: randomAttributer,
})
