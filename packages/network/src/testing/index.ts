import { createRandomness } from '@touchstone/core'
import { layers, tf } from '@touchstone/tensor'
import { expect } from 'vitest'
import type { Weight } from '../graph/node.js'

/** Uniform numbers in [-1, 1), the same in every run. */
export function values(shape: readonly number[], purpose = 'x'): Float32Array {
  const count = shape.reduce((a, b) => a * b, 1)
  return Float32Array.from(createRandomness(2, 'network').uniforms(purpose, 0, count), (u) => 2 * u - 1)
}

export function tensor(shape: readonly number[], purpose = 'x'): tf.Tensor {
  return tf.tensor(values(shape, purpose), [...shape])
}

export function weight(shape: readonly number[], purpose = 'w'): Weight {
  return { shape, data: values(shape, purpose) }
}

/** A sequential model with weights that are the same in every run, none of them 0 or 1. */
export function sequential(...list: layers.layers.Layer[]): layers.LayersModel {
  return withWeights(layers.sequential({ layers: list }))
}

export function withWeights<Model extends layers.LayersModel>(model: Model): Model {
  tf.tidy(() => {
    model.setWeights(
      model.getWeights().map(({ shape }, index) => {
        const random = tensor(shape, `weight ${index}`)
        // Variances among them are positive.
        return model.weights[index]!.originalName.includes('variance') ? tf.add(tf.abs(random), 0.5) : tf.mul(random, shape.length > 1 ? 2 / Math.sqrt(shape.slice(0, -1).reduce((a, b) => a * b, 1)) : 0.5)
      }),
    )
  })
  return model
}

/** Fails unless all values agree, within a tolerance relative to the largest of them. */
export async function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5): Promise<void> {
  expect(actual.shape).toEqual(expected.shape)
  const [a, b] = [await actual.data(), await expected.data()]
  let [largest, difference] = [1e-6, 0]
  b.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value))
    difference = Math.max(difference, Math.abs(a[i]! - value))
  })
  expect(difference / largest).toBeLessThan(tolerance)
}

/** The slope of a scalar function along a direction by central differences. */
export async function slopeAlong(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, direction: tf.Tensor, h = 1e-2): Promise<number> {
  const at = async (sign: number) => (await tf.tidy(() => f(tf.add(x, tf.mul(direction, sign * h)))).data())[0]!
  return ((await at(1)) - (await at(-1))) / (2 * h)
}
