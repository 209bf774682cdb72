import { mean } from '@touchstone/core'
import { expect, test } from 'vitest'
import { methods, outcomes, samplers, testDigits, type Choice, type MeasureName, type SamplerName } from './measure.js'

test('the top-k attack leaves less of integrated gradients than random signs of the same epsilon, and LENS finds part of the rest nearby', async () => {
  const dataset = await testDigits()
  const digits = await Promise.all(Array.from({ length: 4 }, (_, index) => dataset.example(index)))
  const ig = { use: 'integrated-gradients', options: { steps: 10 } }
  const attack = { use: 'attribution-attack', options: { epsilon: 0.1, step: 0.01, iterations: 30, k: 100, criterion: { use: 'top-k', options: { k: 100 } } } }
  const of = async (sampler: Choice) => {
    const list = await outcomes('natural', { inside: ig, outside: ig, sampler }, dataset, digits)
    expect(list.every(({ values }) => values !== undefined)).toBe(true)
    return (measure: MeasureName) => mean(list.map(({ values }) => values![measure]!))
  }
  const [random, attacked] = [await of(samplers.random(0.1)), await of(attack)]
  expect(attacked('top-k')).toBeLessThan(random('top-k'))
  expect(attacked('Kendall')).toBeLessThan(random('Kendall'))
  expect(attacked('LENS-recall')).toBeGreaterThan(attacked('top-k') + 0.1)
}, 120_000)

test('attacks of the same epsilon leave less of the top pixels of saliency than random signs, and LENS finds part of the rest nearby', async () => {
  const dataset = await testDigits()
  const digits = await Promise.all(Array.from({ length: 10 }, (_, index) => dataset.example(index)))
  const of = async (sampler: SamplerName) => {
    const list = await outcomes('natural', { ...methods.saliency, sampler: samplers[sampler](0.1) }, dataset, digits)
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
