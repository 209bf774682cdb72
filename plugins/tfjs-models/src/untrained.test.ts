import { Host, type Model } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import { expect, test } from 'vitest'
import plugin from './index.js'

const host = new Host([plugin])
const scope = host.open()

async function untrained(options: object): Promise<Model> {
  const resolver = host.resolver()
  const resolved = resolver.resolve('model', { use: 'untrained', options }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  // A scope gives one instance for equal options.
  return scope.create({ ...resolved, kind: 'model' })
}

test.each([['digits', 56_714, [28, 28, 1]], ['mnist-rar', 3_274_634, [28, 28, 1]], ['pictures', 113_738, [32, 32, 3]]])('%s has the parameters that it should, the same for the same seed', async (architecture, parameters, inputShape) => {
  const model = await untrained({ architecture, seed: 1 })
  expect(model).toMatchObject({ inputShape, classCount: 10, outputs: 'logits' })
  expect(networkOf(model).weights.reduce((sum, { tensor }) => sum + tensor.size, 0)).toBe(parameters)
  await using other = host.open()
  const again = await other.create({ ...host.resolver().resolve('model', { use: 'untrained', options: { architecture, seed: 1 } }, [])!, kind: 'model' })
  expect(again.fingerprint).toBe(model.fingerprint)
  expect((await untrained({ architecture, seed: 2 })).fingerprint).not.toBe(model.fingerprint)
})

test('an architecture that is not there', async () => {
  await expect(untrained({ architecture: 'resnet' })).rejects.toThrow('expected "digits", "mnist-rar" or "pictures"')
})
