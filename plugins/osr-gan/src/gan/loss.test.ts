import { createRandomness } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { classifierLoss, deceptionLoss, levelOf, sigmoid, type ClassifierLoss } from './loss.js'

const outputs = Float32Array.of(1, 4, -2, 0.5)
const origin = { outputs, target: 1, predicted: 1 }
const base: ClassifierLoss = { logit: 'target', class: 'label', delta: 1.5, unit: 1, weights: { logit: 1, class: 0 } }

/** dF of these: 3, 0.5, -0.5, -3. */
const cases = [1, 3.5, 4.5, 7].map((own) => Float64Array.of(0.3, own, -1, 2))
const at = (logits: Float64Array, options: ClassifierLoss, t = 0.75) => classifierLoss(options, origin, Float32Array.from(logits), t)

describe.each(['literal', 'band', 'target'] as const)('the logit term %s', (logit) => {
  test.each(['label', 'soft', 'entropy'] as const)('with the class term %s has the gradient that differences give', (classTerm) => {
    const options = { ...base, logit, class: classTerm, unit: 1.5, weights: { logit: 0.7, class: 1.3 } }
    for (const logits of cases) {
      const { gradient } = at(logits, options)
      for (let k = 0; k < 4; k++) {
        const h = 2 ** -6
        const moved = (sign: number) => at(logits.map((value, i) => (i === k ? value + sign * h : value)), options).loss
        expect(gradient[k]).toBeCloseTo((moved(1) - moved(-1)) / (2 * h), 3)
      }
    }
  })
})

test('the logit terms pull where their formulas say', () => {
  const pull = (logit: ClassifierLoss['logit']) => cases.map((logits) => at(logits, { ...base, logit }).gradient[1]! + 0)
  // Equation 4 pushes every logit down until it is delta below, those above the original too; a band pulls back what left it; a level pulls from both sides.
  expect(pull('literal')).toEqual([0, 1, 1, 1])
  expect(pull('band')).toEqual([-1, 0, 0, 1])
  expect(pull('target')).toEqual([-1, 1, 1, 1])
})

test('class terms have their values', () => {
  const logits = Float64Array.of(0, Math.log(3), 0, 0)
  const of = (term: ClassifierLoss['class']) => at(logits, { ...base, class: term, weights: { logit: 0, class: 1 } }).loss
  expect(of('label')).toBeCloseTo(Math.log(2), 6)
  expect(of('entropy')).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(6), 6)
  const p = [...outputs].map((value) => Math.exp(value) / outputs.reduce((sum, other) => sum + Math.exp(other), 0))
  expect(of('soft')).toBeCloseTo(p[1]! * Math.log(2) + (1 - p[1]!) * Math.log(6), 6)
})

test('the part of the discriminator has the slope that differences give, and vanishes where it saturates', () => {
  for (const saturating of [true, false]) {
    for (const s of [-3, -0.2, 0, 1.5]) expect(deceptionLoss(s, saturating).slope).toBeCloseTo((deceptionLoss(s + 1e-5, saturating).loss - deceptionLoss(s - 1e-5, saturating).loss) / 2e-5, 8)
    expect(deceptionLoss(1, saturating).loss).toBeCloseTo(saturating ? Math.log(1 - sigmoid(1)) : -Math.log(sigmoid(1)), 12)
  }
  expect(Math.abs(deceptionLoss(-12, true).slope)).toBeLessThan(1e-5)
  expect(deceptionLoss(-12, false).slope).toBeLessThan(-0.99)
})

test('levels fill their side evenly', () => {
  const z = createRandomness(1, 'levels').normals('z', 0, 4000)
  for (const [side, low] of [['both', -2], ['below', 0]] as const) {
    const levels = z.map((value) => levelOf(value, 2, side)).sort()
    // Kolmogorov and Smirnov, one in a thousand.
    const largest = levels.reduce((most, level, i) => Math.max(most, Math.abs((level - low) / (2 - low) - (i + 0.5) / 4000)), 0)
    expect(largest).toBeLessThan(1.95 / Math.sqrt(4000))
  }
})
