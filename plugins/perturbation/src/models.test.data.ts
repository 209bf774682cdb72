import { createRandomness, Host, rowAt, sizeOf, type Attributer, type Cost, type Dataset, type Extension, type Model } from '@touchstone/core'
import plugin from './index.js'

/** A model that is a plain function of one input, with the sizes of the batches it saw. */
export function modelOf(inputShape: readonly number[], classCount: number, f: (x: Float32Array) => readonly number[]): Model & { readonly batches: number[] } {
  const batches: number[] = []
  return {
    inputShape,
    classCount,
    outputs: 'logits',
    fingerprint: 'plain',
    mflopPerRow: 0,
    capabilities: {},
    batches,
    predict: (inputs) => {
      const count = inputs.shape[0]!
      batches.push(count)
      return Promise.resolve({ shape: [count, classCount], data: Float32Array.from(Array.from({ length: count }, (_, row) => [...f(rowAt(inputs, row))]).flat()) })
    },
    rowsRun: () => batches.reduce((a, b) => a + b, 0),
  }
}

/** A single logit, on inputs of rank 1. */
export const gameOf = (n: number, f: (x: Float32Array) => number): ReturnType<typeof modelOf> => modelOf([n], 1, (x) => [f(x)])

/** sum over h of v_h tanh(u_h . x) + x_0 x_1 ...: a smooth function with interactions of all orders, other for each seed. */
export function randomFunction(n: number, seed: number): (x: Float32Array) => number {
  const randomness = createRandomness(seed, 'function')
  const hidden = 5
  const u = randomness.normals('u', 0, n * hidden)
  const v = randomness.normals('v', 0, hidden)
  return (x) => v.reduce((sum, weight, h) => sum + weight * Math.tanh(x.reduce((dot, value, i) => dot + u[h * n + i]! * value, 0)), 0) + x.reduce((product, value) => product * value, 1)
}

export const numbers = (n: number, seed: number, draw = 0): number[] => [...Float32Array.from(createRandomness(seed, 'numbers').normals('x', draw, n))]

export interface Asked {
  readonly targets?: readonly number[]
  readonly seed?: number
  readonly batchRows?: number
  readonly reference?: Dataset
  readonly signal?: AbortSignal
}

/** A method by name, options checked and defaults filled in as in an evaluation. */
export async function methodOf(name: string, options: Readonly<Record<string, unknown>> = {}) {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('attributer', { use: name, options }, ['m'])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'))
  const attributer: Attributer = await host.open().create({ ...resolved, kind: 'attributer' })
  const extension = host.registry.extension('attributer', name)!.value as Extension<'attributer'>
  return {
    attributer,
    declared: host.cost(resolved)!,
    costFor: (inputShape: readonly number[]) => (extension.cost as (options: unknown, inputShape: readonly number[]) => Cost)(resolved.options, inputShape),
    /** One flat map per input. */
    maps: async (model: Model, inputs: readonly (readonly number[])[], { targets = inputs.map(() => 0), seed = 0, batchRows = 64, reference, signal }: Asked = {}): Promise<number[][]> => {
      const size = sizeOf(model.inputShape)
      const maps = await attributer.attribute({
        model,
        inputs: { shape: [inputs.length, ...model.inputShape], data: Float32Array.from(inputs.flat()) },
        targets,
        randomness: inputs.map((_, index) => createRandomness(seed, `example ${index}`)),
        batchRows,
        ...(reference && { reference }),
        ...(signal && { signal }),
      })
      return inputs.map((_, index) => [...maps.data.subarray(index * size, (index + 1) * size)])
    },
  }
}

export async function mapOf(name: string, options: Readonly<Record<string, unknown>>, model: Model, input: readonly number[], asked: Asked = {}): Promise<number[]> {
  return (await (await methodOf(name, options)).maps(model, [input], asked))[0]!
}
