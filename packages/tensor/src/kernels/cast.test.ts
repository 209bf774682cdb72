import { beforeAll, expect, it } from 'vitest'
import { openEngine, tf } from '../index.js'
import { expectNoLeak } from '../testing/checks.js'
import { randomValues } from '../testing/values.js'

beforeAll(() => openEngine())

it.each(['float32', 'int32', 'bool'] as const)('to the same type %s, the values are shared and outlive the original', (dtype) => {
  const x = tf.tensor1d([1, 0, 1], dtype)
  const same = tf.cast(x, dtype)
  x.dispose()
  expect([...same.dataSync()]).toEqual([1, 0, 1])
  expect(same.dtype).toBe(dtype)
  same.dispose()
})

it('to another type, they are converted', () => {
  expect([...tf.cast(tf.tensor1d([1.7, 0, -2.5]), 'int32').dataSync()]).toEqual([1, 0, -2])
  expect([...tf.cast(tf.tensor1d([true, false]), 'float32').dataSync()]).toEqual([1, 0])
})

it('leaves nothing behind', async () => {
  await expectNoLeak([randomValues([5])], (x) => tf.cast(x, 'float32'))
})
