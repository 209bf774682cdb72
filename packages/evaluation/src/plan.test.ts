import { expect, test } from 'vitest'
import type { Executor } from '@touchstone/core'
import { openEvaluation } from './index.js'
import { linearModel, toyConfig } from './testing.js'

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
