import { createRandomness } from '@touchstone/core'
import type { Results } from '@touchstone/evaluation'
import { expect, test } from 'vitest'
import { scoresOf } from '../papers/scores.js'
import { judge } from './claims.js'
import { figure } from './figure.js'

const methods = ['Saliency', 'Input x Gradient', 'Integrated Gradients', 'DeepLIFT', 'LRP', 'Deconvolution', 'Guided Backprop', 'SmoothGrad', 'SmoothGrad (Captum)']
const lower = ['OSR', 'OSR, raw', 'sensitivity', 'Robustness-S_r']

/** Results whose scores are what `of` says of a method's place, and noise. */
function resultsOf(of: (metric: string, model: string, place: number) => number, metrics = [...lower, 'fidelity'], models = ['well 1', 'bad 1']): Results {
  const randomness = createRandomness(1, 'results')
  const rows = metrics.flatMap((metric) =>
    models.flatMap((model) =>
      methods.flatMap((attributer, place) => Array.from({ length: 30 }, (_, i) => ({ model, attributer, metric, example: `test/${i}`, value: of(metric, model, place) + 0.2 * (randomness.uniforms(`${metric} ${model} ${attributer}`, i, 1)[0]! - 0.5) }))),
    ),
  )
  const summary = metrics.flatMap((metric) =>
    models.flatMap((model) => methods.map((attributer, place) => ({ model, attributer, metric, direction: lower.includes(metric) ? 'lower' : 'higher', n: 30, undefined: 0, mean: of(metric, model, place), ciLow: of(metric, model, place) - 0.01, ciHigh: of(metric, model, place) + 0.01 }))),
  )
  return { rows, summary, models: Object.fromEntries(models.map((model) => [model, {}])), metrics: Object.fromEntries(metrics.map((metric) => [metric, {}])), examples: [] } as unknown as Results
}

const verdictOf = (results: Results, start: string): string => judge('toy', results).find(({ claim }) => claim.startsWith(start))!.verdict

test('an order that stays, an order that turns round, and the difference between the two', () => {
  const results = resultsOf((metric, model, place) => (metric === 'sensitivity' && model === 'bad 1' ? 10 - place : place + 1))
  const scores = scoresOf(results, ['OSR', 'sensitivity'], ['well 1', 'bad 1'])
  expect(scores.inputs).toBe(30)
  expect(scores.tau({ metric: 'OSR', model: 'well 1' }, { metric: 'OSR', model: 'bad 1' })).toMatchObject({ value: 1, low: 1, high: 1 })
  expect(scores.tau({ metric: 'sensitivity', model: 'well 1' }, { metric: 'sensitivity', model: 'bad 1' })).toMatchObject({ value: -1, low: -1, high: -1 })
  expect(verdictOf(results, 'C1: OSR orders')).toBe('holds')
  expect(verdictOf(results, 'C2: OSR keeps')).toBe('holds')
  const turned = resultsOf((metric, model, place) => (metric !== 'sensitivity' && model === 'bad 1' ? 10 - place : place + 1))
  expect(verdictOf(turned, 'C1: OSR orders')).toBe('does not hold')
  expect(verdictOf(turned, 'C2: OSR keeps')).toBe('does not hold')
  // Nothing but noise.
  expect(verdictOf(resultsOf(() => 1), 'C2: OSR keeps')).toBe('cannot tell')
})

test('orders on well and badly trained models beside those on models of other seeds', () => {
  const models = ['well 1', 'bad 1', 'well 2', 'bad 2', 'well 3', 'bad 3']
  const [stays, turns] = [(_metric: string, _model: string, place: number) => place + 1, (_metric: string, model: string, place: number) => (model.startsWith('bad') ? 10 - place : place + 1)]
  expect(verdictOf(resultsOf(stays, ['OSR'], models), 'C1, beside the ceiling')).toBe('holds')
  expect(verdictOf(resultsOf(turns, ['OSR'], models), 'C1, beside the ceiling')).toBe('does not hold')
  expect(verdictOf(resultsOf(() => 1, ['OSR'], models), 'C1, beside the ceiling')).toBe('cannot tell')
  expect(judge('toy', resultsOf(turns, ['OSR'], models)).find(({ claim }) => claim.startsWith('Ceiling'))!.ours).toBe('mean tau 1.00 [1.00, 1.00]')
})

test('places, ratios and trade-offs', () => {
  // The first are the most robust and the least faithful, in places as the claims have them or not.
  const faithful = (order: readonly string[]) => resultsOf((metric, model, place) => (metric === 'fidelity' ? -order.indexOf(methods[place]!) : metric === 'Robustness-S_r' && model === 'well 1' ? 1 : 10 + place))
  const theirs = ['Integrated Gradients', 'Input x Gradient', 'LRP', 'DeepLIFT', 'Saliency', 'Deconvolution', 'Guided Backprop', 'SmoothGrad', 'SmoothGrad (Captum)']
  expect(verdictOf(faithful(theirs), 'C4: integrated')).toBe('holds')
  expect(verdictOf(faithful(theirs), 'C4: SmoothGrad is the least')).toBe('holds')
  expect(verdictOf(faithful(theirs.toReversed()), 'C4: integrated')).toBe('does not hold')
  expect(verdictOf(faithful(theirs.toReversed()), 'C4: SmoothGrad is the least')).toBe('does not hold')
  expect(verdictOf(faithful(methods.toReversed()), 'C5: what is robust by OSR, raw')).toBe('holds')
  expect(verdictOf(faithful(methods), 'C5: what is robust by OSR, raw')).toBe('does not hold')
  expect(verdictOf(faithful(theirs), 'C3')).toBe('holds')
})

test('raw distances are ordered by the units of inputs where slopes and contributions lie close together', () => {
  expect(verdictOf(resultsOf((_metric, _model, place) => 10 + place / 2), 'Units')).toBe('does not hold')
  const apart = resultsOf((_metric, _model, place) => (['Saliency', 'Deconvolution', 'Guided Backprop', 'SmoothGrad', 'SmoothGrad (Captum)'].includes(methods[place]!) ? place + 1 : 100 + place))
  expect(verdictOf(apart, 'Units')).toBe('holds')
})

test('what is undefined at every input of some method cannot be told, and the rest is', () => {
  const results = resultsOf((_metric, _model, place) => place + 1)
  const without = { ...results, rows: results.rows.map((row) => (row.metric === 'OSR' && row.attributer === 'LRP' ? { ...row, value: null } : row)) }
  const found = judge('toy', without)
  expect(found.find(({ claim }) => claim.startsWith('C1: OSR orders'))).toMatchObject({ inputs: 0, verdict: 'cannot tell', ours: 'no input has a value by OSR for every method' })
  expect(found.find(({ claim }) => claim.startsWith('C1: OSR, raw'))).toMatchObject({ inputs: 30, verdict: 'holds' })
})

test('four inputs are too few to tell anything, five are not', () => {
  const results = resultsOf((_metric, _model, place) => place + 1)
  const first = (inputs: number) => verdictOf({ ...results, rows: results.rows.filter(({ example }) => Number(example.slice('test/'.length)) < inputs) }, 'C1: OSR orders')
  expect(first(4)).toBe('cannot tell')
  expect(first(5)).toBe('holds')
})

test('a figure has each method on both models, the best above', () => {
  const drawn = figure('toy', resultsOf((_metric, _model, place) => 10 - place), ['OSR', 'fidelity'])
  expect(drawn.match(/<circle/g)).toHaveLength(2 * 2 * methods.length + 2)
  const names = [...drawn.matchAll(/text-anchor="end">([^<]+)</g)].map(([, name]) => name)
  expect(names.slice(0, methods.length)).toEqual(methods.toReversed())
  expect(names.slice(methods.length)).toEqual(methods)
})
