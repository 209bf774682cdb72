import { baselinesOf, inputGradient, inputGradients, type Inputs, type Network, type Targets, type TensorMap } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { quadrature as quadratureOf, type QuadratureRule } from './quadrature.js'

/** Points of few rows go through the network together, up to so many rows: one by one they would wait for its many small steps. */
const rowsAtOnce = 64

/** How integrated gradients go along their path. */
export interface PathOptions {
  /** Points on the path; each costs a row with its gradient. */
  readonly steps: number
  /** `gauss-legendre` unless told. */
  readonly quadrature?: QuadratureRule
  /** x0: one number for every value, 0 unless told; or tensors that can be broadcast to the inputs, one per input of the network. */
  readonly baseline?: number | Inputs
  /** Whether the mean gradient is multiplied by x - x0; true unless told. */
  readonly inputFactor?: boolean
}

/**
 * Integrated gradients of a network of one input or several, as one tensor function: (x - x0) sum_k w_k dF_y(x0 + a_k (x - x0)) / dx, with points
 * a_k and weights w_k of the rule. One map per input of the network, in its shape `[n, ...shape]`. The caller owns the tensors.
 *
 * @throws UserError where the baselines do not fit the inputs in number or shape, for a target that does not exist, or a wrong number of steps.
 */
export function integratedGradientsMaps(network: Network, x: Inputs, targets: Targets, options: PathOptions): tf.Tensor[] {
  return mapsBy(inputGradients, network, x, targets, options)
}

type Gradients = (network: Network, x: readonly tf.Tensor[], targets: Targets) => tf.Tensor[]

function mapsBy(gradientsOf: Gradients, network: Network, x: Inputs, targets: Targets, { steps, quadrature = 'gauss-legendre', baseline = 0, inputFactor = true }: PathOptions): tf.Tensor[] {
  const { points, weights } = quadratureOf(quadrature, steps)
  return tf.tidy(() => {
    const { inputs, differences, places } = linePath(x, baseline)
    const rows = inputs[0]!.shape[0]
    const atOnce = Math.max(1, Math.floor(rowsAtOnce / rows))
    let sums: readonly tf.Tensor[] | undefined
    for (let from = 0; from < steps; from += atOnce) {
      const before = sums
      sums = tf.tidy(() => {
        const part = [...points.subarray(from, from + atOnce)]
        const along = places(part)
        const all = targets && part.flatMap(() => [...targets])
        return gradientsOf(network, along, all).map((gradient, i) => {
          const weighted = tf.mul(tf.reshape(gradient, [part.length, -1]), tf.tensor([...weights.subarray(from, from + atOnce)], [part.length, 1]))
          const sum = tf.reshape(tf.sum(weighted, 0), inputs[i]!.shape)
          return before ? tf.add(before[i]!, sum) : sum
        })
      })
      tf.dispose(before as tf.Tensor[] | undefined)
    }
    return inputs.map((_, i) => (inputFactor ? tf.mul(differences[i]!, sums![i]!) : sums![i]!))
  })
}

/** Integrated gradients of a network of one input, as one tensor function. */
export const integratedGradientsMap =
  (options: PathOptions): TensorMap =>
  (network, x, targets, gradient = inputGradient) =>
    tf.tidy(() => mapsBy((other, [along], all) => [gradient(other, along!, all!)], network, x, targets, options)[0]!)

/** The straight line from the baseline to the inputs. */
export interface LinePath {
  readonly inputs: readonly tf.Tensor[]
  /** x - x0, per input. */
  readonly differences: readonly tf.Tensor[]
  /** x0 + a (x - x0), per input. */
  readonly at: (a: number) => tf.Tensor[]
  /** The same at several points, one after the other, `[points x n, ...shape]`. */
  readonly places: (points: readonly number[]) => tf.Tensor[]
}

/** @throws UserError where baselines do not fit the inputs. */
export function linePath(x: Inputs, baseline: number | Inputs): LinePath {
  const inputs = x instanceof tf.Tensor ? [x] : x
  const baselines = baselinesOf(baseline, inputs)
  const differences = inputs.map((input, i) => tf.sub(input, baselines[i]!))
  const at = (a: number) => inputs.map((_, i) => tf.add(tf.mul(differences[i]!, a), baselines[i]!))
  const places = (points: readonly number[]) =>
    inputs.map(({ shape: [rows, ...shape] }, i) => {
      const along = tf.mul(tf.expandDims(differences[i]!, 0), tf.tensor([...points], [points.length, 1, ...shape.map(() => 1)]))
      return tf.reshape(tf.add(along, baselines[i]!), [points.length * rows, ...shape])
    })
  return { inputs, differences, at, places }
}
