import { defineExtension, judgeNeighbours, option, sameClass, type Neighbour } from '@touchstone/core'
import * as z from 'zod/mini'
import { nearestIndexOf } from './nearest.js'

const positive = 'expected a number above 0'

/**
 * `neighbours`: the examples of the dataset that are nearest to the input, as many as are asked for, none farther than `radius`, by distance and then
 * by id. The input itself, known by its id, is left out. Where fewer are within the radius there are fewer, or none.
 *
 * N_r(x) = { z in D : p(x, z) <= r, f(x) = f(z) }, with p the distance in l2 or l_inf, D the dataset and f the predicted class. With `sameClass` the search goes
 * on until as many have the input's predicted class; nearer ones of another class stay in the list, rejected as `other class`. It looks at twice as many
 * examples as are asked for, and at twice as many again until they are enough.
 *
 * Source: Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, section 3.
 */
export const neighbours = defineExtension({
  kind: 'sampler',
  name: 'neighbours',
  summary: 'the nearest examples of the dataset, within a radius or as many as asked for',
  citation: 'Bhatt, Weller, Moura, "Evaluating and Aggregating Feature-based Model Explanations", IJCAI 2020, section 3',
  traits: { dependsOn: 'model' },
  options: {
    norm: option(z.enum(['l2', 'linf'], 'expected "l2" or "linf"'), { summary: 'the distance in which examples are near', default: 'l2' }),
    radius: option(z.optional(z.number(positive).check(z.positive(positive))), { summary: 'none farther than this counts; without it there is no bound but the number asked for', unit: 'input values' }),
    sameClass: option(z.boolean('expected true or false'), { summary: 'whether a neighbour must have the predicted class of the input', default: false }),
  },
  cost: ({ sameClass: same }) => ({ rows: same ? 2 : 1, adaptive: true }),
  create: ({ norm, radius = Infinity, sameClass: same }) => ({
    sample: async (context, count) => {
      const { example, dataset, signal } = context
      const index = await nearestIndexOf(dataset, signal)
      const nearest = (most: number) => index.nearest({ input: example.input, except: example.id, norm, count: most, radius }).map(({ input }) => input)
      if (!same) return judgeNeighbours(context, nearest(count), [])
      const judged: Neighbour[] = []
      for (let most = 2 * count; count > 0; most *= 2) {
        const near = nearest(most)
        judged.push(...(await judgeNeighbours(context, near.slice(judged.length), [sameClass])))
        let accepted = 0
        const last = judged.findIndex(({ rejected }) => rejected === undefined && ++accepted === count)
        if (last >= 0) return judged.slice(0, last + 1)
        if (near.length < most) break
      }
      return judged
    },
  }),
})
