import type { Example } from '@touchstone/core'
import { describeDataset } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { readExamples } from './my-method.js'

describeDataset(plugin, 'my-method')

test('an example that is known', async () => {
  const expected: Example = { id: '', input: Float32Array.of() }
  expect(expected.id, 'write the first example as its source has it, id, input and label: expected in src/my-method.test.ts').not.toBe('')
  expect((await readExamples())[0]).toEqual(expected)
})
