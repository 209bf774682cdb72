import fc from 'fast-check'
import { expect, test } from 'vitest'
import { featuresOf } from '../index.js'

// Two pixels of three channels, from section 9 of the LENS specification.
const map = { shape: [2, 2, 3], data: Float32Array.of(1, -2, 0.5, 0, 0, 0, -1, -1, -1, 3, 0, -3) }

test('channels are summed by absolute value, by value, or kept', () => {
  expect([...featuresOf(map, 'sum-abs')]).toEqual([3.5, 0, 3, 6])
  expect([...featuresOf(map, 'sum')]).toEqual([-0.5, 0, -3, 0])
  expect([...featuresOf(map, 'keep')]).toEqual([...map.data])
})

test('a map without a channel axis is one of a single channel', () => {
  for (const how of ['sum-abs', 'sum', 'keep'] as const) {
    const data = Float32Array.of(-1, 2, -3, 4)
    expect(featuresOf({ shape: [2, 2], data }, how)).toEqual(featuresOf({ shape: [2, 2, 1], data }, how))
    expect(featuresOf({ shape: [4], data }, how)).toEqual(featuresOf({ shape: [2, 2, 1], data }, how))
  }
})

test('sums agree with plain loops and are in double precision', () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  const maps = shapes.chain((shape) => {
    const size = shape[0] * shape[1] * shape[2]
    return fc.record({ shape: fc.constant(shape), data: fc.float32Array({ minLength: size, maxLength: size, noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }) })
  })
  fc.assert(fc.property(maps, ({ shape, data }) => {
    const [height, width, channels] = shape
    const slow: number[] = []
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0
        for (let c = 0; c < channels; c++) sum += Math.abs(data[(y * width + x) * channels + c]!)
        slow.push(sum)
      }
    }
    expect([...featuresOf({ shape, data }, 'sum-abs')]).toEqual(slow)
  }))
  expect([...featuresOf({ shape: [1, 1, 2], data: Float32Array.of(2 ** 24, 1) }, 'sum')]).toEqual([2 ** 24 + 1])
})
