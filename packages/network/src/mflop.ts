import type { CheckedGraph } from './graph/check.js'
import { layerOf } from './layers/index.js'

/**
 * Million floating-point operations of one forward row: 2 x (weights of a dense layer or a convolution) x (positions it is applied at).
 * Cheaper layers (activations, pooling, normalisation) are left out.
 */
export function mflopPerRow(graph: CheckedGraph): number {
  return graph.places.reduce((sum, { node, shape }) => sum + (layerOf(node).flop?.(node, shape) ?? 0), 0) / 1e6
}
