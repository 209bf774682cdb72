import { defineComparison, defineExtension, definePlugin, l2Distance, option, ref, resultOf, judgeNeighbours, spearman, type Model, type Rows } from '@touchstone/core'
import * as z from 'zod/mini'
import type { EvaluationConfig } from './config.js'

/** F(x) = W x over inputs of two values, in plain TypeScript: every score on it can be worked out by hand. */
export function linearModel(weights: readonly (readonly [number, number])[]): Model {
  let rows = 0
  return {
    inputShape: [2],
    classCount: weights.length,
    outputs: 'logits',
    fingerprint: JSON.stringify(weights),
    mflopPerRow: (weights.length * 4) / 1e6,
    capabilities: {},
    rowsRun: () => rows,
    predict: ({ shape, data }: Rows) => {
      const count = shape[0]!
      rows += count
      const outputs = Array.from({ length: count }, (_, row) => weights.map(([a, b]) => a * data[2 * row]! + b * data[2 * row + 1]!))
      return Promise.resolve({ shape: [count, weights.length], data: Float32Array.from(outputs.flat()) })
    },
  }
}

/** How often the attributer was called, and with how many rows: shared work shows here. */
export const calls: number[] = []

/** Moves the first value by 1, 2, 3, ...; each of these neighbours is said to cost `rows`. */
function steps(name: string, rows: number) {
  return defineExtension({
    kind: 'sampler',
    name,
    summary: 'moves the first value by 1, 2, 3, ...; those beyond `reject` are refused',
    traits: { dependsOn: 'model' },
    options: { reject: option(z.number('expected a number'), { summary: 'the longest step that is accepted', default: 100 }) },
    cost: () => ({ rows }),
    create: ({ reject }) => ({
      sample: (context, count) =>
        judgeNeighbours(
          context,
          Array.from({ length: count }, (_, index) => context.example.input.map((value, i) => (i === 0 ? value + index + 1 : value))),
          [({ inputDistance }) => (inputDistance.l2 > reject ? 'too far' : undefined)],
        ),
    }),
  })
}

/** A model, a dataset of six points, a method, samplers and comparisons, all by hand. */
export const toyPlugin = definePlugin({
  name: 'toys',
  extensions: [
    defineExtension({
      kind: 'model',
      name: 'linear',
      summary: 'W x',
      traits: { formats: [] },
      options: { negate: option(z.boolean('expected true or false'), { summary: 'turns the first class around', default: false }) },
      create: ({ negate }) => linearModel([negate ? [-1, -2] : [1, 2], [0, 0]]),
    }),
    defineExtension({
      kind: 'dataset',
      name: 'points',
      summary: 'six points, five of them of class 0 under 1 x0 + 2 x1 > 0',
      traits: { formats: [] },
      create: () => {
        const points = [[1, 1], [2, 0], [-1, -1], [0, 3], [4, 1], [3, 3]] as const
        return {
          inputShape: [2],
          size: points.length,
          range: { low: -10, high: 10 },
          fingerprint: 'points',
          example: (index) => Promise.resolve({ id: `p${index}`, input: Float32Array.from(points[index]!), label: index === 2 ? 1 : 0 }),
        }
      },
    }),
    defineExtension({
      kind: 'attributer',
      name: 'times-weights',
      summary: 'x_i^2: its change under a shift of the input is known',
      traits: { signed: true, needs: [], differentiable: 'no' },
      options: { nan: option(z.boolean('expected true or false'), { summary: 'gives NaN', default: false }) },
      cost: () => ({ rows: 1 }),
      create: ({ nan }) => ({
        attribute: ({ inputs }) => {
          calls.push(inputs.shape[0]!)
          return Promise.resolve({ shape: inputs.shape, data: inputs.data.map((value) => (nan ? Number.NaN : value * value)) })
        },
      }),
    }),
    defineExtension({
      kind: 'attributer',
      name: 'needs-network',
      summary: 'needs what the toy model has not',
      traits: { signed: true, needs: ['network'], differentiable: 'no' },
      create: () => ({ attribute: ({ inputs }) => Promise.resolve(inputs) }),
    }),
    defineExtension({
      kind: 'attributer',
      name: 'wrapper',
      summary: 'another method',
      traits: { signed: true, needs: [], differentiable: 'no' },
      options: { inner: ref('attributer', { summary: 'the other method' }) },
      create: ({ inner }) => inner,
    }),
    defineExtension({
      kind: 'attributer',
      name: 'fails',
      summary: 'throws',
      traits: { signed: true, needs: [], differentiable: 'no' },
      create: () => ({ attribute: () => Promise.reject(new Error('out of ideas')) }),
    }),
    steps('steps', 1),
    steps('dear', 5),
    defineComparison({ name: 'l2', summary: '||a - b||_2', measures: 'distance', range: [0, null], compare: () => (a, b) => resultOf(l2Distance(a.data, b.data)) }),
    defineComparison({ name: 'rho', summary: "Spearman's rho", measures: 'similarity', range: [-1, 1], compare: () => (a, b) => resultOf(spearman(a.data, b.data)) }),
  ],
})

/** A config of the toys, with `changes`. */
export function toyConfig(changes: Partial<EvaluationConfig> = {}): EvaluationConfig {
  return {
    plugins: [toyPlugin],
    models: { one: 'linear' },
    dataset: 'points',
    examples: { take: 6 },
    attributers: { squares: 'times-weights' },
    metrics: { mine: robust({}) },
    ...changes,
  }
}

/** A `robustness` of the toys. */
export function robust(options: Readonly<Record<string, unknown>>): { readonly use: string; readonly options: Readonly<Record<string, unknown>> } {
  return { use: 'robustness', options: { sampler: 'steps', comparison: 'l2', samples: 2, ...options } }
}
