import { beforeAll, expect, it } from 'vitest'
import { openEngine, tf } from '../index.js'

// In a file of its own, as the heap does not shrink again.
beforeAll(() => openEngine({ backend: 'wasm' }))

it('the end of the heap is a clear error, and room that is given back can be used again', () => {
  // Without writing any values, as memory that nobody writes to takes no room.
  const backend = tf.backend() as unknown as { makeOutput: (shape: number[], dtype: 'float32') => tf.TensorInfo, disposeData: (id: object) => void, numDataIds: () => number }
  const size = 2 ** 25
  const tensors: tf.TensorInfo[] = []
  const fill = () => {
    while (tensors.length < 40) tensors.push(backend.makeOutput([size], 'float32'))
  }
  expect(fill).toThrow(/^A tensor of 128 MiB does not fit into the memory of TensorFlow\.js's wasm backend, which ends at 4096 MiB: .*batchRows/)
  expect(tensors.length).toBeGreaterThan(25)
  expect(backend.numDataIds()).toBe(tensors.length)
  backend.disposeData(tensors.pop()!.dataId)
  expect(tf.sum(tf.ones([size / 4])).dataSync()[0]).toBe(size / 4)
  for (const { dataId } of tensors) backend.disposeData(dataId)
})
