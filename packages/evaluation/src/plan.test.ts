import { expect, test } from 'vitest'
import type { Executor, Plugin } from '@touchstone/core'
import { evaluationPlugin, memoryStorage, openEvaluation, type Progress } from './index.js'
import { linearModel, toyConfig, toyPlugin } from './testing.js'

const executor = (parallel: number): { readonly given: Executor } => ({
  given: {
    parallel,
    execute: async function* (jobs, { run }) {
      for (const job of jobs) yield await run(job)
    },
  },
})

// The metric asks for 2 neighbours of each of the 6 examples: a batch of 6 rows holds the maps of 2 examples.
test.each([
  [1, ['heavy 2', 'heavy 2', 'heavy 2', 'light 2', 'light 2', 'light 2']],
  [2, ['heavy 2', 'heavy 1', 'heavy 1', 'heavy 1', 'heavy 1', 'light 2', 'light 1', 'light 1', 'light 1', 'light 1']],
])('jobs of the dearest model come first; %i side by side', async (parallel, expected) => {
  const models = { light: { given: linearModel([[1, 2], [0, 0]]) }, heavy: { given: { ...linearModel([[1, 3], [0, 0]]), mflopPerRow: 1 } } }
  await using evaluation = await openEvaluation(toyConfig({ models, executor: executor(parallel), batchRows: 6 }))
  const { jobs } = evaluation.plan
  expect(jobs.map(({ model, examples }) => `${model} ${examples.length}`)).toEqual(expected)
  for (const model of ['light', 'heavy']) expect(jobs.flatMap((job) => (job.model === model ? job.examples.map(({ index }) => index) : []))).toEqual([0, 1, 2, 3, 4, 5])
})

// A map and two neighbours, their maps and an output of each are 5 rows an example: of 200,000 MFLOP a row one example is all that a job should hold, of 60,000 three.
test.each([
  [200_000, [1, 1, 1, 1, 1, 1]],
  [60_000, [3, 3]],
])('a job of a network of %i MFLOP a row is no longer than one would like to lose', async (mflopPerRow, expected) => {
  const models = { large: { given: { ...linearModel([[1, 2], [0, 0]]), mflopPerRow } } }
  await using evaluation = await openEvaluation(toyConfig({ models, executor: executor(1), batchRows: 60 }))
  const { jobs, rows } = evaluation.plan
  expect(rows).toBe(6 * 5)
  expect(jobs.map(({ examples }) => examples.length)).toEqual(expected)
})

test('a pilot does a part of the work of each model, keeps it, and tells by its pace how long the rest takes', async () => {
  const pace: Readonly<Record<string, number>> = { light: 1, heavy: 10 }
  const clocked: Executor = {
    parallel: 2,
    execute: async function* (jobs, { run }) {
      for (const job of jobs) yield { ...(await run(job)), seconds: { total: pace[job.model]! * job.examples.length, predict: 0, maps: {} } }
    },
  }
  const plugins: readonly Plugin[] = [{ ...evaluationPlugin, build: '1' }, { ...toyPlugin, build: '1' }]
  const config = toyConfig({ plugins, models: { light: 'linear', heavy: { use: 'linear', options: { negate: true } } }, executor: { given: clocked }, store: { given: memoryStorage() }, batchRows: 6 })
  const progress: Progress[] = []
  await using evaluation = await openEvaluation(config, { onProgress: (one) => progress.push(one) })
  const sizes = evaluation.plan.jobs.map(({ model, examples }) => `${model} ${examples.length}`)
  expect(sizes.toSorted()).toEqual(['heavy 1', 'heavy 1', 'heavy 1', 'heavy 1', 'heavy 2', 'light 1', 'light 1', 'light 1', 'light 1', 'light 2'])
  expect(await evaluation.pilot()).toMatchObject({ done: 4, of: 12, secondsLeft: (4 * pace.light! + 4 * pace.heavy!) / 2 })
  expect(progress.at(-1)!.done).toBeCloseTo(progress.at(-1)!.total)
  await using again = await openEvaluation(config)
  expect(again.plan.jobs.flatMap(({ examples }) => examples)).toHaveLength(8)
})
