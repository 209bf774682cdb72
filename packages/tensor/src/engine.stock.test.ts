import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine, tf } from './index.js'

/*
 * tfjs as it comes, in a process of its own. That its faults are still there is why our kernels exist: when one of these tests fails after an
 * upgrade of tfjs, a kernel of ours can go.
 */
beforeAll(async () => {
  const engine = await openEngine({ kernels: 'stock' })
  expect(engine).toEqual({ name: 'tfjs-wasm', version: '4.22.0', kernels: 'stock' })
})

describe("tfjs's own kernels", () => {
  it.each(['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter', 'UnsortedSegmentSum'])('lack %s', (name) => {
    expect(tf.getKernel(name, 'wasm')).toBeUndefined()
  })

  it('lose the gradient of a pool without a positive value', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))
    const values = [...gradient(tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1])).dataSync()]
    const behindAnother = [...gradient(tf.tensor4d([5, 6, 7, 8, -1, -2, -3, -4], [2, 2, 2, 1])).dataSync()]
    expect([values, behindAnother]).not.toEqual([[1, 0, 0, 0], [0, 0, 0, 1, 1, 0, 0, 0]])
  })

  it("begin in the wrong place with padding 'same' and strides longer than the filter", () => {
    const image = tf.tensor4d(Array.from({ length: 144 }, (_, i) => i), [1, 12, 12, 1])
    const corner = tf.conv2d(image, tf.ones([1, 1, 1, 1]), 4, 'same').dataSync()[0]
    const wide = tf.conv2d(image, tf.ones([3, 3, 1, 1]), 4, 'same').dataSync()[0]
    expect(corner).toBe(0)
    expect(wide).not.toBe(9 * 13)
  })

  it('cannot differentiate comparisons', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.where(tf.greater(x, 0), x, tf.mul(x, x))))
    expect(() => gradient(tf.tensor1d([1, 2]))).toThrow('Greater')
  })

  it('cannot differentiate batch normalisation without scale', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.batchNorm(x, tf.tensor1d([0]), tf.tensor1d([1]))))
    expect(() => gradient(tf.tensor2d([[1], [2]]))).toThrow()
  })
})
