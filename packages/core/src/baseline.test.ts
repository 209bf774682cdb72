import { expect, test } from 'vitest'
import { baselineCount, baselineOption, baselineValues, meanExamples, singleBaselineOption, UserError, type Baseline, type Dataset } from './index.js'

/** Example i of a dataset has the values i and -i; `read` tells which ones were read. */
function counting(size: number, inputShape: readonly number[] = [2]): Dataset & { readonly read: number[] } {
  const read: number[] = []
  return { inputShape, size, range: { low: -size, high: size }, fingerprint: 'counting', read, example: (index) => (read.push(index), Promise.resolve({ id: String(index), input: Float32Array.of(index, -index) })) }
}

const values = async (baseline: Baseline, inputShape: readonly number[], reference?: Dataset) => (await baselineValues(baseline, inputShape, reference, 'ig')).map((one) => [...one])

test('numbers and nested lists take the shape of the input', async () => {
  expect(await values(0.5, [2, 2])).toEqual([[0.5, 0.5, 0.5, 0.5]])
  expect(await values([[[1, 2]]], [2, 1, 2])).toEqual([[1, 2, 1, 2]])
  expect(await values([[1], [2]], [2, 1, 2])).toEqual([[1, 1, 2, 2]])
  expect(await values({ average: [0, [3, 4]] }, [2])).toEqual([[0, 0], [3, 4]])
})

test('the mean and examples come from the dataset, spread evenly, read once', async () => {
  const dataset = counting(10)
  expect(await values('mean', [2], dataset)).toEqual([[4.5, -4.5]])
  expect(dataset.read).toHaveLength(10)
  expect(await values({ average: ['mean', 1] }, [2], dataset)).toEqual([[4.5, -4.5], [1, 1]])
  expect(dataset.read).toHaveLength(10)
  expect(await values({ examples: 3 }, [2], dataset)).toEqual([[0, -0], [3, -3], [6, -6]])
  await Promise.all([values({ examples: 3 }, [2], dataset), values({ examples: 3 }, [2], dataset)])
  expect(dataset.read).toHaveLength(13)

  const large = counting(2 * meanExamples)
  expect((await values('mean', [2], large))[0]![0]).toBe(meanExamples - 1)
  expect(large.read).toHaveLength(meanExamples)
})

test('a dataset that could not be read is asked again', async () => {
  let fails = true
  const dataset: Dataset = { ...counting(2), example: (index) => (fails ? Promise.reject(new Error('offline')) : Promise.resolve({ id: String(index), input: Float32Array.of(1, 2) })) }
  await expect(values('mean', [2], dataset)).rejects.toThrow('offline')
  fails = false
  expect(await values('mean', [2], dataset)).toEqual([[1, 2]])
})

test.each<[Baseline, Dataset | undefined, string]>([
  [[1, 2, 3], undefined, 'ig: baseline has shape [3], which does not fit inputs of shape [2]'],
  [{ average: [0, [1, 2, 3]] }, undefined, 'ig: baseline has shape [3], which does not fit inputs of shape [2]'],
  ['mean', undefined, 'ig: baseline "mean" needs reference data'],
  [{ examples: 4 }, undefined, 'ig: baseline { examples: 4 } needs reference data'],
  [{ examples: 4 }, counting(3), 'ig: baseline asks for 4 examples, but the dataset has 3'],
  ['mean', counting(0), 'the dataset has none'],
  ['mean', counting(3, [1, 2]), "ig: baseline \"mean\" needs reference data of shape [2], the dataset's inputs are [1, 2]"],
])('%j is one clear error', async (baseline, reference, message) => {
  const answer = values(baseline, [2], reference)
  await expect(answer).rejects.toThrow(message)
  await expect(answer).rejects.toBeInstanceOf(UserError)
})

test('the options accept these baselines and no others', () => {
  const accepts = (option: typeof singleBaselineOption | ReturnType<typeof baselineOption>, value: unknown) => !('issues' in (option.schema['~standard'].validate(value) as object))
  for (const value of [0, -1.5, [1, 2], [[1], [2]], 'mean']) for (const option of [singleBaselineOption, baselineOption()]) expect(accepts(option, value), JSON.stringify(value)).toBe(true)
  for (const value of [{ average: [0] }, { average: ['mean', [1, 2]] }, { examples: 1 }]) {
    expect(accepts(baselineOption(), value), JSON.stringify(value)).toBe(true)
    expect(accepts(singleBaselineOption, value), JSON.stringify(value)).toBe(false)
  }
  for (const value of [NaN, 'black', [], [[1], 2], null, {}, { average: [] }, { average: 0 }, { average: [{ examples: 1 }] }, { examples: 0 }, { examples: 1.5 }, { examples: 1, average: [0] }])
    expect(accepts(baselineOption(), value), JSON.stringify(value)).toBe(false)
})

test('the number of baselines is known before any is read', () => {
  expect([0, [[1]], 'mean', { average: [0, 1, 2] }, { examples: 9 }].map((baseline) => baselineCount(baseline as Baseline))).toEqual([1, 1, 1, 3, 9])
})
