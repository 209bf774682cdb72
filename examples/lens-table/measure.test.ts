import { mean } from '@touchstone/core'
import { expect, test } from 'vitest'
import { outcomes, testDigits, type MeasureName, type SamplerName } from './measure.js'

test('attacks of the same epsilon leave less of the top pixels of saliency than random signs, and LENS finds part of the rest nearby', async () => {
  const dataset = await testDigits()
  const digits = await Promise.all(Array.from({ length: 10 }, (_, index) => dataset.example(index)))
  const of = async (sampler: SamplerName) => {
    const list = await outcomes('natural', 'saliency', sampler, 0.1, dataset, digits)
    // Not one digit is left out, so means are of the same digits.
    expect(list.every(({ values }) => values !== undefined)).toBe(true)
    return (measure: MeasureName) => mean(list.map(({ values }) => values![measure]!))
  }
  const [random, attacked, shifted] = [await of('random'), await of('top-k'), await of('mass-centre')]
  expect(attacked('top-k')).toBeLessThan(random('top-k'))
  expect(attacked('Kendall')).toBeLessThan(random('Kendall'))
  expect(shifted('Kendall')).toBeLessThan(random('Kendall'))
  for (const by of [random, attacked, shifted]) for (const measure of ['LENS-recall', 'LENS-prec'] as const) expect(by(measure)).toBeGreaterThan(by('top-k') + 0.1)
}, 120_000)
