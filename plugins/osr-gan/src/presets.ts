import { definePreset } from '@touchstone/core'

const citation = 'Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025'

/** The printed equations: delta of 5 logits, equation 4, default weights of its framework, a generator that starts anywhere. */
const printed = {
  delta: { logit: 5 },
  logitLoss: 'literal',
  logitWeight: 1,
  saturating: false,
  discriminator: 'mirror',
  generator: 'linear',
  initialisation: 'torch',
  biasInit: false,
  generatorDropout: 0.3,
  learningRate: 2e-4,
  batch: 64,
}

/**
 * Samplers by the letter of the paper. `osr-gan-paper` lowers -log D, as common code does; `osr-gan-paper-literal` log(1 - D), as printed, with which the generator hears nothing
 * from a discriminator that is sure: its inputs stay too far away.
 */
export const samplerPresets = [
  definePreset({ kind: 'sampler', name: 'osr-gan-paper', use: 'osr-gan', summary: 'the generator of the paper: delta 5, equation 4 as printed, no start at the input', citation, options: printed }),
  definePreset({ kind: 'sampler', name: 'osr-gan-paper-literal', use: 'osr-gan', summary: 'the same with the saturating loss of equation 3', citation, options: { ...printed, saturating: true } }),
]

const osr = (name: string, summary: string, options: Readonly<Record<string, unknown>> = {}, comparison: 'l2' | 'unit-l2' = 'l2') =>
  definePreset({
    kind: 'score',
    name,
    use: 'robustness',
    summary,
    citation,
    requires: { [`comparison:${comparison}`]: '@touchstone/comparisons' },
    options: { sampler: 'osr-gan', comparison, relativeTo: 'map-norm', aggregate: 'mean', samples: 100, minAccepted: 16, ...options },
  })

/**
 * `osr`: output similarity-based robustness, how far the map of an input lies from the maps of inputs of a similar output:
 *
 *     OSR(x; g) = mean over accepted x~ of ||g(x) - g(x~)||_2 / ||g(x)||_2
 *
 * over 100 inputs of the generator, of which at least 16 must be accepted; in [0, inf), lower is better. The paper's own value, equation 2, is not divided (`osr-raw`): it depends
 * on the units of the input, s times as large ones make the maps of gradients 1/s times as large and leave those of contributions as they are, so that it orders methods
 * by units. Relative to the map's norm it does not.
 *
 * Variants: `osr-raw`; `osr-unit`, the distance of maps of length 1, in [0, 2]; `osr-per-logit`, per difference of the logit; `osr-worst`, the largest in place of the mean;
 * `osr-paper` and `osr-paper-literal`, raw with the generators of the paper; `osr-level-set`, the same inputs found without a generator. Another comparison is an option.
 */
export const scorePresets = [
  osr('osr', 'output similarity-based robustness: mean l2 distance, relative to the norm of the map, over inputs of a similar logit that a generator makes'),
  osr('osr-raw', 'the same, not relative to anything: depends on the units of the input', { relativeTo: 'none' }),
  osr('osr-unit', 'the same between maps scaled to length 1', { relativeTo: 'none' }, 'unit-l2'),
  osr('osr-per-logit', 'the same per difference of the logit', { relativeTo: 'logit-distance' }),
  osr('osr-worst', 'the same, the largest in place of the mean', { aggregate: 'worst' }),
  osr('osr-level-set', 'the same over inputs found by steps onto levels of the logit, without a generator', { sampler: 'level-set' }),
  osr('osr-paper', 'output similarity-based robustness with the generator of the paper, not relative to anything', { sampler: 'osr-gan-paper', relativeTo: 'none' }),
  osr('osr-paper-literal', 'the same with the saturating loss as printed: usually undefined, since its generator does not come near', { sampler: 'osr-gan-paper-literal', relativeTo: 'none' }),
]
