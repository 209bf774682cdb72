import { createRandomness, Host, type Dataset, type Model, type Trainer, type TrainingContext } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import plugin from './index.js'

/** Three kinds of images of 8 x 8 x 2 in [0, 1]: each the pattern of its class, with noise. */
export function patterns(size: number, label: (index: number) => number | undefined = (index) => index % 3): Dataset {
  const randomness = createRandomness(4, 'patterns')
  return {
    inputShape: [8, 8, 2],
    size,
    range: { low: 0, high: 1 },
    fingerprint: `patterns ${size}`,
    example: (index) => {
      const pattern = randomness.uniforms('pattern', index % 3, 128)
      const noise = randomness.uniforms('noise', index, 128)
      const own = label(index)
      return Promise.resolve({ id: String(index), input: Float32Array.from(pattern, (value, i) => 0.7 * value + 0.3 * noise[i]!), ...(own !== undefined && { label: own }) })
    },
  }
}

const host = new Host([plugin])
const scope = host.open()

/** A trainer as a config names it. */
export async function trainerOf(use: string, options: object = {}): Promise<Trainer> {
  const resolver = host.resolver()
  const resolved = resolver.resolve('trainer', { use, options }, [use])
  if (!resolved) throw new Error(resolver.problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`).join('\n'))
  return scope.create({ ...resolved, kind: 'trainer' })
}

/** What a training gives: the values of the weights. */
export async function weightsOf(model: Model): Promise<readonly Float32Array[]> {
  return Promise.all(networkOf(model).weights.map(async ({ tensor }) => Float32Array.from(await tensor.data())))
}

/** Trains a toy. */
export async function trainToy(use: string, options: object, context: Omit<TrainingContext, 'seed' | 'dataset'> & Partial<TrainingContext>): Promise<Model> {
  return (await trainerOf(use, options)).train({ dataset: patterns(90), seed: 3, ...context })
}
