import type { Job } from '@touchstone/core'
import { describeExecutor } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import { execute, extension } from './my-method.js'

describeExecutor('my-method', () => extension.create({}, {}))

test('its metadata is complete', () => {
  expect(extension.summary, 'write one line that says what it is: summary in src/my-method.ts').not.toBe('')
  expect(extension.traits.runsOn, 'write where jobs run, in a few words: runsOn in src/my-method.ts').not.toBe('')
})

test('an order worked out by hand', async () => {
  const expected: readonly string[] = []
  expect(expected, 'write the order in which jobs a, b and c of one, three and two examples begin: expected in src/my-method.test.ts').not.toHaveLength(0)
  const jobOf = (id: string, examples: number): Job => ({ id, model: 'm', examples: Array.from({ length: examples }, (_, index) => ({ index, id: String(index), target: 0 })) })
  const begun: string[] = []
  const run = async ({ id, model }: Job) => {
    begun.push(id)
    return { job: id, model, rowsRun: 0, units: { kept: 0, computed: 1 } }
  }
  const work = { run, order: { here: 'a test holds its work in memory' }, onProgress: () => undefined }
  for await (const { job } of execute([jobOf('a', 1), jobOf('b', 3), jobOf('c', 2)], work, new AbortController().signal)) expect(begun).toContain(job)
  expect(begun).toEqual(expected)
})
