import { isUserError } from '@touchstone/core'
import { expect, test } from 'vitest'
import { judgeFailures, type Failure } from './judge-failures.js'

const refusal = (worker: string): Failure => ({ kind: 'user', message: 'another version', worker })
const fault = (worker: string): Failure => ({ kind: 'fault', message: 'broken', worker })

/** What ends a run of so many workers, and after how many failures. */
function endOf(workers: number, failures: readonly (readonly [string, Failure])[]): { readonly after: number; readonly error: unknown } | undefined {
  const judge = judgeFailures()
  for (const [index, [job, failure]] of failures.entries()) {
    try {
      judge(job, failure, workers)
    } catch (error) {
      return { after: index + 1, error }
    }
  }
  return undefined
}

test('one worker that refuses does not end a run that others can do, however often it does', () => {
  expect(endOf(2, ['a', 'b', 'a', 'c'].map((job) => [job, refusal('bad')]))).toBeUndefined()
})

test('where all refuse, the run ends with what they say', () => {
  const end = endOf(2, [['a', refusal('one')], ['b', refusal('one')], ['a', refusal('two')]])
  expect(end).toMatchObject({ after: 3, error: { message: 'another version' } })
  expect(isUserError(end!.error)).toBe(true)
  expect(endOf(1, [['a', refusal('one')]])).toMatchObject({ after: 1 })
})

test('a job that fails on one worker alone goes to the others; one that fails on two, three times in all, ends the run', () => {
  expect(endOf(2, new Array(10).fill(['a', fault('bad')]) as [string, Failure][])).toBeUndefined()
  const end = endOf(2, [['a', fault('bad')], ['a', fault('bad')], ['b', fault('good')], ['a', fault('good')]])
  expect(end).toMatchObject({ after: 4, error: { message: 'a worker failed: broken' } })
  expect(isUserError(end!.error)).toBe(false)
  expect(endOf(1, new Array(3).fill(['a', fault('only')]) as [string, Failure][])).toMatchObject({ after: 3 })
})
