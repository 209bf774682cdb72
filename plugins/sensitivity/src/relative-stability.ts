import { definePreset } from '@touchstone/core'

/**
 * Relative stabilities: how much a map changes, each value as a share of itself, per change of something else:
 *
 *     max over x~ of the same class  || (g(x) - g(x~)) / g(x) ||_2 / c(x, x~)
 *
 * in [0, inf), lower is better; x~ = x + u, 200 draws u ~ U(-0.2, 0.2), not cut to the range of the dataset. In each quotient of values 1e-6 stands for a divisor of 0, so that maps
 * with many zeros, or values near 0, have very large ones. Neighbours of another class are left out, as the equations have it; where c is 0 a neighbour gives no value.
 *
 * Quantus 0.5.3 draws from U(0.02, 0.2), divides by 1e-6 where c is 0, and gives NaN when any draw changes the class.
 *
 * Source: Agarwal, Johnson, Pawelczyk, Krishna, Saxena, Zitnik, Lakkaraju, "Rethinking Stability for Attribution-based Explanations", 2022.
 */
const stability = (name: string, change: string, relativeTo: string, equation: number) =>
  definePreset({
    kind: 'score',
    name,
    use: 'robustness',
    summary: `Largest change of the map, each value as a share of itself, per ${change}, over 200 draws of uniform noise within 0.2 that keep the class`,
    citation: `Agarwal, Johnson, Pawelczyk, Krishna, Saxena, Zitnik, Lakkaraju, "Rethinking Stability for Attribution-based Explanations", 2022, equation ${equation}`,
    requires: { 'sampler:noise': '@touchstone/noise', 'comparison:relative-l2': '@touchstone/comparisons' },
    options: { sampler: { use: 'noise', options: { kind: 'uniform', radius: 0.2, clip: false, sameClass: true } }, comparison: 'relative-l2', relativeTo, aggregate: 'worst', samples: 200 },
  })

/** `relative-input-stability`: c = || (x - x~) / x ||_2. */
export const relativeInputStability = stability('relative-input-stability', 'change of the input, measured likewise', 'relative-input-distance', 2)

/** `relative-representation-stability`: c = || (h(x) - h(x~)) / h(x) ||_2, h being what the last layer with weights is given. */
export const relativeRepresentationStability = stability('relative-representation-stability', 'change of what the last layer is given, measured likewise', 'relative-representation-distance', 3)

/** `relative-output-stability`: c = ||F(x) - F(x~)||_2 of the logits. */
export const relativeOutputStability = stability('relative-output-stability', 'l2 distance of the logits', 'output-distance', 5)
