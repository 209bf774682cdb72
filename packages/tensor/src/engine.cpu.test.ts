import { expect, it, vi } from 'vitest'
import { openEngine, tf } from './index.js'

it('opens the cpu backend without a greeting', async () => {
  const warn = vi.spyOn(console, 'warn')
  expect(await openEngine({ backend: 'cpu' })).toEqual({ name: 'tfjs-cpu', version: '4.22.0', kernels: '7' })
  expect(tf.getBackend()).toBe('cpu')
  expect(tf.add(1, 2).dataSync()[0]).toBe(3)
  expect(warn).not.toHaveBeenCalled()
})

it('mends gradients there too', async () => {
  await openEngine()
  const normalised = tf.grad((x: tf.Tensor) => tf.sum(tf.batchNorm(x, tf.tensor1d([0]), tf.tensor1d([3]), undefined, undefined, 1)))
  expect([...normalised(tf.tensor2d([[1], [2]])).dataSync()]).toEqual([0.5, 0.5])
  const pooled = tf.grad((x: tf.Tensor) => tf.sum(tf.avgPool(x as tf.Tensor4D, 3, 1, 'same')))
  expect([...pooled(tf.ones([1, 2, 2, 1])).dataSync()]).toEqual([1, 1, 1, 1])
  const chosen = tf.grad((x: tf.Tensor) => tf.sum(tf.where(tf.greater(x, 1), x, tf.mul(x, x))))
  expect([...chosen(tf.tensor1d([0.5, 2])).dataSync()]).toEqual([1, 1])
})
