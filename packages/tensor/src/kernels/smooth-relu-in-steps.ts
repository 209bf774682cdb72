import { add, mul, sigmoid, softplus, sub } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** A ReLU without its kinks: alpha x + (1 - alpha) (softplus(x) - softplus(x - max)) with softplus(x) = log(1 + exp(beta x)) / beta. */
export interface SmoothReluAttrs { readonly alpha: number, readonly beta: number, readonly max: number }

/** What backends may have an operation of their own for. */
interface Steps {
  /** dy sigmoid(z) */
  readonly throughSoftplus: (dy: Tensor, z: Tensor) => Tensor
  /** dy s (1 - s), where `s` is a sigmoid */
  readonly throughSigmoid: (dy: Tensor, s: Tensor) => Tensor
}

interface SmoothReluInSteps {
  readonly value: (x: Tensor, attrs: SmoothReluAttrs) => Tensor
  /** The slope times a signal. */
  readonly gradient: (dy: Tensor, x: Tensor, attrs: SmoothReluAttrs) => Tensor
  /** The second derivative times two signals. */
  readonly curvature: (a: Tensor, b: Tensor, x: Tensor, attrs: SmoothReluAttrs) => Tensor
}

/** A ReLU without its kinks, made of single operations, each of which can be differentiated. */
export const smoothReluInSteps = smoothReluBy({
  throughSoftplus: (dy, z) => mul(dy, sigmoid(z)),
  throughSigmoid: (dy, s) => mul(dy, mul(s, sub(1, s))),
})

/** The same where a backend has operations for some of it. */
export function smoothReluBy({ throughSoftplus, throughSigmoid }: Steps): SmoothReluInSteps {
  return {
    value: (x, attrs) => leaning(x, between((z) => times(softplus(z), 1 / attrs.beta), x, attrs), attrs),
    gradient: (dy, x, attrs) => leaning(dy, between((z) => throughSoftplus(dy, z), x, attrs), attrs),
    curvature: (a, b, x, attrs) => {
      const signal = mul(a, b)
      return times(between((z) => throughSigmoid(signal, sigmoid(z)), x, attrs), (1 - attrs.alpha) * attrs.beta)
    },
  }
}

/** f(beta x) - f(beta (x - max)), the second part 0 where `max` is infinite. */
function between(f: (z: Tensor) => Tensor, x: Tensor, { beta, max }: SmoothReluAttrs): Tensor {
  const below = f(times(x, beta))
  return max === Infinity ? below : sub(below, f(times(sub(x, max), beta)))
}

/** alpha a + (1 - alpha) b */
function leaning(a: Tensor, b: Tensor, { alpha }: SmoothReluAttrs): Tensor {
  return alpha === 0 ? b : add(mul(a, alpha), mul(b, 1 - alpha))
}

function times(x: Tensor, factor: number): Tensor {
  return factor === 1 ? x : mul(x, factor)
}
