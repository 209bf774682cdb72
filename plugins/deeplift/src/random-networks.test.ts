import { networks } from '@touchstone/testkit'
import { distance, normals, read, sumOf, withNetwork } from '@touchstone/testkit/graphs'
import { deepLiftTwin } from '@touchstone/testkit/twins'
import { openEngine, tf } from '@touchstone/tensor'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { contributions, type DeepLiftRuleName } from './index.js'

beforeAll(async () => {
  await openEngine()
})

const rules = ['rescale', 'reveal-cancel'] as const satisfies DeepLiftRuleName[]

/** Inputs and baselines; none of the values are the same, or every second or third. */
const pairs = (shape: readonly number[], { seed, every }: { readonly seed: number; readonly every: number }) => {
  const x0 = normals(shape, 'x0', seed)
  return { x: normals(shape, 'x', seed).map((v, i) => (every > 0 && i % every === 0 ? x0[i]! : v)), x0 }
}
const drawn = fc.record({ seed: fc.nat(1e6), every: fc.constantFrom(0, 2, 3) })

test.each(rules)('%s: contributions add up to the difference of the outputs, at the input and in a hidden layer', (rule) => {
  fc.assert(
    fc.property(networks(), drawn, (graph, draw) => {
      withNetwork(graph, (network) => {
        const shape = [3, ...network.inputShape]
        const { x, x0 } = pairs(shape, draw)
        const [inputs, baselines, targets] = [tf.tensor(x, shape), tf.tensor(x0, shape), [0, 1, 1]]
        const [logits, before] = [read(network.logits(inputs)), read(network.logits(baselines))]
        // All paths go through the layer before the last.
        const hidden = network.graph.placeOf(graph.output).node.inputs[0]!
        contributions(network, inputs, targets, { rule, baseline: baselines }, ['input', hidden]).forEach((found, layer) => {
          const values = read(found)
          const size = values.length / 3
          targets.forEach((target, row) => {
            const own = values.slice(row * size, (row + 1) * size)
            const [f, f0] = [logits, before].map((of) => of[row * network.classCount + target]!) as [number, number]
            expect(Math.abs(sumOf(own) - (f - f0)), `layer ${layer}, row ${row}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(f), Math.abs(f0), sumOf(own.map(Math.abs))))
          })
        })
      })
    }),
    { numRuns: 60 },
  )
})

test.each(rules)('%s agrees with its slow twin', (rule) => {
  fc.assert(
    fc.property(networks(), drawn, (graph, draw) => {
      withNetwork(graph, (network) => {
        const shape = network.inputShape
        const { x, x0 } = pairs(shape, draw)
        const found = contributions(network, tf.tensor(x, [1, ...shape]), [1], { rule, baseline: tf.tensor(x0, [...shape]), inputFactor: false })[0]!
        const expected = deepLiftTwin(graph, { input: x }, { input: x0 }, 1, rule).get('input')!
        // Slopes of nearly nothing by nothing have fewer digits.
        expect(distance(read(found), expected)).toBeLessThan(5e-4)
      })
    }),
    { numRuns: 60 },
  )
})

test.each(rules)('%s gives a row the same map alone and among others, and with the one baseline of all rows as with its own', (rule) => {
  fc.assert(
    fc.property(networks(), drawn, (graph, draw) => {
      withNetwork(graph, (network) => {
        const shape = [4, ...network.inputShape]
        const { x, x0 } = pairs(shape, draw)
        const inputs = tf.tensor(x, shape)
        const baseline = tf.slice(tf.tensor(x0, shape), 0, 1)
        const whole = read(contributions(network, inputs, [0, 1, 0, 1], { rule, baseline })[0]!)
        const size = whole.length / 4
        expect(read(contributions(network, tf.slice(inputs, 1, 1), [1], { rule, baseline })[0]!)).toEqual(whole.slice(size, 2 * size))
        expect(read(contributions(network, inputs, [0, 1, 0, 1], { rule, baseline: tf.tile(baseline, [4, ...network.inputShape.map(() => 1)]) })[0]!)).toEqual(whole)
      })
    }),
    { numRuns: 20 },
  )
})
