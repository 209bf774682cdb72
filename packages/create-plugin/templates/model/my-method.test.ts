import { describeModel } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import { extension, inputShape, logitsOf } from './my-method.js'

describeModel('my-method', () => extension.create({}, {}))

test('its metadata is complete', () => {
  expect(extension.summary, 'write one line that says what it is: summary in src/my-method.ts').not.toBe('')
})

test('a case worked out by hand', () => {
  const input: readonly number[] = []
  const expected: readonly number[] = []
  expect(expected, `write an input of shape [${inputShape.join(', ')}] and its logits, worked out by hand: input and expected in src/my-method.test.ts`).not.toHaveLength(0)
  const logits = logitsOf(Float32Array.from(input))
  expect(logits).toHaveLength(expected.length)
  expected.forEach((value, index) => expect(logits[index]).toBeCloseTo(value, 5))
})
