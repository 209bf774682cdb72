import { createRandomness } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { expect, test } from 'vitest'
import { budgets } from './budgets.js'
import { judge, shrinks } from './claims.js'
import { label, type SamplerName } from './parts.js'
import { table } from './table.js'
import type { ComparisonName } from '../lens-table/comparisons.js'

/** Results of one method whose similarities are what `of` says, and a little noise. */
function resultsOf(of: (sampler: SamplerName, comparison: ComparisonName, model: string) => number, models = ['natural', 'PGD'], inputs = 30): Results {
  const randomness = createRandomness(1, 'results')
  const metrics = (['random', 'top-k attack', 'LENS attack', 'sharp top-k attack'] as const).flatMap((sampler) => (['top-k', 'LENS-recall', 'LENS-recall-div'] as const).map((comparison) => ({ sampler, comparison, metric: label(sampler, comparison) })))
  const all = metrics.flatMap((one) => models.map((model) => ({ ...one, model, mean: of(one.sampler, one.comparison, model) })))
  const rows = all.flatMap(({ metric, model, mean }) => Array.from({ length: inputs }, (_, i) => ({ model, attributer: 'Saliency', metric, example: `test/${i}`, value: mean + 0.02 * (randomness.uniforms(`${metric} ${model}`, i, 1)[0]! - 0.5) })))
  const summary = all.map(({ metric, model, mean }) => ({ model, attributer: 'Saliency', metric, direction: 'higher', n: inputs, undefined: 1, mean, ciLow: mean - 0.01, ciHigh: mean + 0.01 }))
  return { rows, summary, models: Object.fromEntries(models.map((model) => [model, {}])), metrics: Object.fromEntries(metrics.map(({ metric }) => [metric, {}])) } as unknown as Results
}

const verdictOf = (results: Results, start: string): string => judge('toy', results).find(({ claim }) => claim.startsWith(start))!.verdict

/** Random signs do nine tenths of the attack's harm by top-k and half of it by LENS; the masked attack is milder; PGD keeps more. */
const asClaimed = resultsOf((sampler, comparison, model) => {
  const harm = sampler === 'random' ? (comparison === 'top-k' ? 0.54 : 0.1) : sampler === 'LENS attack' ? 0.4 : comparison === 'top-k' ? 0.6 : 0.2
  return 1 - (model === 'PGD' ? harm / 2 : harm)
})

test('claims that hold, hold the other way round, or cannot be told', () => {
  for (const start of ['By the top-k', 'The attack that is masked', 'PGD keeps more of its maps under the top-k attack than natural training, by top-k', 'PGD keeps more of its maps under the attack on sharper bends than natural training, by top-k']) {
    expect(verdictOf(asClaimed, start)).toBe('holds')
    expect(verdictOf(resultsOf(() => 0.5), start)).toBe('cannot tell')
  }
  const otherwise = resultsOf((sampler, comparison, model) => (sampler === 'LENS attack' ? 0.1 : sampler === 'random' ? (comparison === 'top-k' ? 0.9 : 0.5) : 0.4) - (model === 'PGD' ? 0.1 : 0))
  for (const start of ['By the top-k', 'The attack that is masked', 'PGD keeps']) expect(verdictOf(otherwise, start)).toBe('does not hold')
})

test('what a training gains under one attack it may not keep under another', () => {
  const masking = resultsOf((sampler, _comparison, model) => (model === 'PGD' ? { random: 0.8, 'top-k attack': 0.6, 'sharp top-k attack': 0.1 } : { random: 0.8, 'top-k attack': 0.3, 'sharp top-k attack': 0.2 })[sampler as string] ?? 0.3)
  expect(verdictOf(masking, 'PGD keeps more of its maps under the top-k attack')).toBe('holds')
  expect(verdictOf(masking, 'PGD keeps more of its maps under the attack on sharper bends')).toBe('does not hold')
})

test('of one network alone what needs no other is judged', () => {
  const alone = resultsOf(() => 0.5, ['natural'])
  expect(judge('toy', alone).map(({ claim }) => claim.slice(0, 12))).toEqual(['By the top-k', 'By the top-k', 'The attack t'])
})

test('an advantage that shrinks on other data, with more or fewer inputs', () => {
  const hardly = resultsOf((_sampler, _comparison, model) => (model === 'PGD' ? 0.81 : 0.8), undefined, 12)
  const named = (judgements: ReturnType<typeof shrinks>) => judgements.map(({ claim, verdict, inputs }) => [claim, verdict, inputs])
  const claims = ['the top-k attack, by top-k', 'the top-k attack, by LENS-recall', 'the attack on sharper bends, by top-k', 'the attack on sharper bends, by LENS-recall'].map((by) => `The advantage of PGD under ${by}, is smaller on large than on small`)
  expect(named(shrinks(['small', asClaimed], ['large', hardly]))).toEqual(claims.map((claim) => [claim, 'holds', 12]))
  expect(named(shrinks(['small', hardly], ['large', asClaimed]))).toEqual(claims.map((claim) => [claim, 'does not hold', 30]))
})

test('the table has a line per model and sampler, with what has no value', () => {
  const lines = table(asClaimed).trim().split('\n')
  expect(lines).toHaveLength(2 + 2 * 4)
  expect(lines[2]).toMatch(/^\| natural \| Saliency \| random \| 30 of 31 \| 0\.46 \[0\.45, 0\.47\] \| 0\.90 \[0\.89, 0\.91\] \| - \|/)
})

test('what networks were trained with stands beside the published budget; of one that was converted there is nothing to tell', () => {
  const [, , trained, converted] = budgets(['mnist-pgd', 'efficientnet-lite0']).split('\n')
  expect(trained).toBe('| `mnist-pgd` | `pgd` | 2,500 (100,000) | 64 (50) | 7 (40) | - (-) |')
  expect(converted).toBe('| `efficientnet-lite0` | not trained here | - | - | - | - |')
})
