import { byBatch, createNetwork, foldBatchNorm, forward, graphOf, joinNormalisations, mapWeights, separateNormalisations, weightGradients, type Graph, type Network, type StandardiseNode } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { crossEntropyOf } from './loss.js'

/** A batch normalisation in training: which of the network's weights are its averages, and what it is fed. */
interface Normalised {
  readonly mean: number
  readonly variance: number
  readonly input: string
  readonly momentum: number
}

/** The two ways in which a network with batch normalisations computes, of the same weights in the same order. */
export interface Modes {
  /** By moving averages: for attacks, for attributions, and when accuracy is measured. Rows are independent. */
  readonly evaluated: Network
  /** By mean and variance of the batch that goes through: for predictions that are learned from. Without normalisations the same as `evaluated`. */
  readonly learning: Network
  /** In the order in which they are computed. */
  readonly normalised: readonly Normalised[]
  /** Frees what is not the model's. */
  readonly dispose: () => void
}

/** Where no batch normalisation is, both are the network itself. */
export function modesOf(network: Network): Modes {
  const graph = separateNormalisations(graphOf(network))
  const nodes = graph.nodes.filter((node): node is StandardiseNode => node.op === 'standardise')
  if (nodes.length === 0) return { evaluated: network, learning: network, normalised: [], dispose: () => undefined }
  const [evaluated, learning] = [createNetwork(graph), createNetwork(byBatch(graph))]
  // Layers that share their averages have them under the name of the first.
  const placeOf = (id: string, role: 'mean' | 'variance'): number => evaluated.weights.findIndex(({ tensor }) => tensor === evaluated.weightsOf(id)[role])
  const normalised = nodes.map(({ id, inputs, momentum }) => ({ mean: placeOf(id, 'mean'), variance: placeOf(id, 'variance'), input: inputs[0]!, momentum }))
  // The layers of `learning` alone are used: weights come with every step.
  learning.dispose()
  return { evaluated, learning, normalised, dispose: evaluated.dispose }
}

/** The layers and present weights of `evaluated`, with each batch normalisation in one. */
export async function joined(evaluated: Network): Promise<Graph> {
  const weights = await Promise.all(evaluated.weights.map(async ({ tensor }) => Float32Array.from(await tensor.data())))
  return joinNormalisations(mapWeights(graphOf(evaluated), ({ shape }, index) => ({ shape, data: weights[index]! })))
}

/**
 * What an attack walks on: `evaluated` with its normalisations in the convolutions and dense layers before them, which spares six passes over the memory for each. Up to
 * rounding the same function of its inputs. The caller disposes of it unless it is the network itself, as it is where nothing is normalised.
 */
export async function attackedOf({ normalised }: Pick<Modes, 'normalised'>, evaluated: Network): Promise<Network> {
  return normalised.length === 0 ? evaluated : createNetwork(foldBatchNorm(await joined(evaluated)))
}

/** What a batch says of the weights, by statistics of its own. */
interface Learned {
  /** The sum of its cross-entropies, and the gradient by each weight. */
  readonly parts: readonly tf.Tensor[]
  /** The moving averages after it, by their places among the weights. */
  readonly averages: ReadonlyMap<number, tf.Tensor>
}

/**
 * Cross-entropies of a whole batch in the mode of learning, and the averages as they follow it: average + (1 - momentum) (batch - average), the batch's variance divided by
 * the number of its values. An average that is used several times follows each use. The caller owns the tensors.
 */
export function learnByBatch({ learning, normalised }: Modes, weights: readonly tf.Tensor[], x: tf.Tensor, labels: readonly number[]): Learned {
  const averages = new Map<number, tf.Tensor>()
  const { value, gradients } = weightGradients(learning.withWeights(weights), (network) => {
    const activations = forward(network, x)
    for (const { input, momentum, ...places } of normalised) {
      const values = activations.of(input)
      const moments = tf.moments(values, values.shape.slice(0, -1).map((_, axis) => axis))
      for (const part of ['mean', 'variance'] as const) {
        const before = averages.get(places[part])
        const from = before ?? weights[places[part]]!
        averages.set(places[part], tf.keep(tf.add(from, tf.mul(tf.sub(moments[part], from), 1 - momentum))))
        before?.dispose()
      }
    }
    return crossEntropyOf(network, activations.output, labels)
  })
  return { parts: [value, ...gradients], averages }
}
