import { add, backend, clone, memory, scalar, tensor, tensor1d } from '#tfjs/core'
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../index.js'
import { use } from '../testing/checks.js'

beforeAll(() => openEngine())

it('shares values that outlive either of the tensors', () => {
  const before = { tensors: memory().numTensors, values: backend().numDataIds() }
  const first = tensor1d([1, 2, 3])
  const second = clone(first)
  expect(backend().numDataIds()).toBe(before.values + 1)
  expect(memory().numTensors).toBe(before.tensors + 2)
  first.dispose()
  const third = add(second, scalar(1))
  expect([...second.dataSync(), ...third.dataSync()]).toEqual([1, 2, 3, 2, 3, 4])
  second.dispose()
  third.dispose()
  expect(backend().numDataIds()).toBe(before.values + 1) // the scalar
})

it('shares values that move to another backend', async () => {
  const first = tensor1d([1, 2, 3])
  const second = clone(first)
  await use('cpu')
  expect([...add(first, 1).dataSync(), ...add(second, 2).dataSync()]).toEqual([2, 3, 4, 3, 4, 5])
  first.dispose()
  await use('engine')
  expect([...add(second, 3).dataSync()]).toEqual([4, 5, 6])
})

it('of whole numbers, truth values and strings', () => {
  expect([...clone(tensor1d([1, 2], 'int32')).dataSync()]).toEqual([1, 2])
  expect([...clone(tensor1d([true, false], 'bool')).dataSync()]).toEqual([1, 0])
  expect(clone(tensor(['a', 'b'])).dataSync()).toEqual(['a', 'b'])
})
