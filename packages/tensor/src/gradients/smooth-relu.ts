import { div, engine, getBackend, getKernel, mul, sigmoid, softplus, sub } from '#tfjs/core'
import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import { inOnePass } from '../in-one-pass.js'

/** A ReLU without its kinks. */
export interface SmoothRelu {
  /** How sharp its bends are: 1 unless told. */
  readonly beta?: number | undefined
  /** Where the ReLU ends; infinite, the default, where it does not. */
  readonly max?: number | undefined
}

/**
 * ReLU without its kinks, of every value: softplus(x) = log(1 + exp(beta x)) / beta, and where the ReLU ends at `max`, softplus(x) - softplus(x - max). Differentiable, also twice.
 * One kernel where the backend has it, right to the last digits also far below 0, where tfjs's own softplus loses them.
 *
 * @param x - numbers of type float32
 */
export function smoothRelu(x: Tensor, { beta = 1, max = Infinity }: SmoothRelu = {}): Tensor {
  return hasKernel('SmoothRelu') ? engine().runKernel('SmoothRelu', { x }, { beta, max }) : between((at) => beta === 1 ? softplus(at) : div(softplus(mul(at, beta)), beta), x, max)
}

/**
 * What `smoothRelu` makes of a signal on its way back: dy (sigmoid(beta x) - sigmoid(beta (x - max))). Differentiable by both.
 *
 * @param dy - in the shape of `x`
 */
export function smoothReluGradient(dy: Tensor, x: Tensor, { beta = 1, max = Infinity }: SmoothRelu = {}): Tensor {
  return hasKernel('SmoothReluGrad') ? engine().runKernel('SmoothReluGrad', { dy, x }, { beta, max }) : mul(dy, between((at) => sigmoid(beta === 1 ? at : mul(at, beta)), x, max))
}

/** The second derivative times two signals. */
function smoothReluCurvature(a: Tensor, b: Tensor, x: Tensor, attrs: Attrs): Tensor {
  return inOnePass('SmoothReluCurvature', { a, b, x }, attrs, () => {
    const { beta, max } = attrs
    const bend = (at: Tensor): Tensor => {
      const s = sigmoid(mul(at, beta))
      return mul(beta, mul(s, sub(1, s)))
    }
    return mul(mul(a, b), between(bend, x, max))
  })
}

interface Attrs { readonly beta: number, readonly max: number }

/** f(x) - f(x - max), the second part 0 where `max` is infinite. */
function between(f: (x: Tensor) => Tensor, x: Tensor, max: number): Tensor {
  return max === Infinity ? f(x) : sub(f(x), f(sub(x, max)))
}

function hasKernel(name: string): boolean {
  // The type leaves out that there may be none.
  return getKernel(name, getBackend()) as KernelConfig | undefined !== undefined
}

/** Its gradient, and the gradient of that. */
export const smoothRelus: readonly GradConfig[] = [
  {
    kernelName: 'SmoothRelu',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({ x: () => smoothReluGradient(dy as Tensor, x!, attrs) }),
  },
  {
    kernelName: 'SmoothReluGrad',
    inputsToSave: ['dy', 'x'],
    gradFunc: (ddx, [dy, x], attrs) => ({
      dy: () => smoothReluGradient(ddx as Tensor, x!, attrs),
      x: () => smoothReluCurvature(ddx as Tensor, dy!, x!, attrs as unknown as Attrs),
    }),
  },
]
