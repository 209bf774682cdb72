import { beforeAll, expect, it } from 'vitest'
import { heapValues, openEngine, tf } from './index.js'
import { use } from './testing/checks.js'

beforeAll(() => openEngine())

it('values are those of the tensor, and a copy; elsewhere it says what to do', async () => {
  const tensor = tf.tensor2d([1, 2, 3, 4], [2, 2])
  const values = heapValues(tensor)
  expect(values).toEqual(Float32Array.of(1, 2, 3, 4))
  values.fill(0)
  expect(await tensor.data()).toEqual(Float32Array.of(1, 2, 3, 4))
  await use('cpu')
  expect(() => heapValues(tensor)).toThrow('on cpu values cannot be read at once: use await tensor.data()')
  await use('engine')
})
