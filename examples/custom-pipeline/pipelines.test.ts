import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const printed = async (script: string): Promise<string[]> => (await promisify(execFile)(process.execPath, ['node_modules/jiti/lib/jiti-cli.mjs', script], { cwd: import.meta.dirname })).stdout.trim().split('\n')

test('both pipelines print what they found', async () => {
  const [scores, filtered] = await Promise.all([printed('pipeline.ts'), printed('new-kind.ts')])
  expect(scores).toHaveLength(6)
  for (const line of scores) expect(line).toMatch(/^[A-Za-z ]+ +(top-k|LENS-recall) +0\.\d{3} \[0\.\d{3}, [01]\.\d{3}\]$/)
  // Smoother maps agree more.
  const spearman = filtered.map((line) => Number(/Spearman (\S+)$/.exec(line)![1]))
  expect(spearman).toEqual([...spearman].sort((a, b) => a - b))
  expect(spearman).toHaveLength(4)
})
