import { engine, getBackend, getKernel } from '#tfjs/core'
import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import { inOnePass } from '../in-one-pass.js'
import { smoothReluInSteps } from '../kernels/smooth-relu-in-steps.js'
import type { SmoothReluAttrs } from '../kernels/smooth-relu-in-steps.js'

/** A ReLU without its kinks. */
export interface SmoothRelu {
  /** Its slope far below 0, and where it has ended: 0 unless told. */
  readonly alpha?: number | undefined
  /** How sharp its bends are: 1 unless told. */
  readonly beta?: number | undefined
  /** Where the ReLU ends; infinite, the default, where it does not. */
  readonly max?: number | undefined
}

/**
 * ReLU without its kinks, of every value: softplus(x) = log(1 + exp(beta x)) / beta, where the ReLU ends at `max`, softplus(x) - softplus(x - max), and where it is leaky,
 * alpha x + (1 - alpha) times that. Differentiable, also twice. One kernel where the backend has it, right to the last digits also far below 0, where tfjs's own softplus loses them.
 *
 * @param x - numbers of type float32
 */
export function smoothRelu(x: Tensor, shape: SmoothRelu = {}): Tensor {
  const attrs = attrsOf(shape)
  return hasKernel('SmoothRelu') ? engine().runKernel('SmoothRelu', { x }, { ...attrs }) : smoothReluInSteps.value(x, attrs)
}

/**
 * What `smoothRelu` makes of a signal on its way back: dy (alpha + (1 - alpha) (sigmoid(beta x) - sigmoid(beta (x - max)))). Differentiable by both.
 *
 * @param dy - in the shape of `x`
 */
export function smoothReluGradient(dy: Tensor, x: Tensor, shape: SmoothRelu = {}): Tensor {
  const attrs = attrsOf(shape)
  return hasKernel('SmoothReluGrad') ? engine().runKernel('SmoothReluGrad', { dy, x }, { ...attrs }) : smoothReluInSteps.gradient(dy, x, attrs)
}

/** The second derivative times two signals. */
function smoothReluCurvature(a: Tensor, b: Tensor, x: Tensor, attrs: SmoothReluAttrs): Tensor {
  return inOnePass('SmoothReluCurvature', { a, b, x }, attrs, () => smoothReluInSteps.curvature(a, b, x, attrs))
}

function attrsOf({ alpha = 0, beta = 1, max = Infinity }: SmoothRelu): SmoothReluAttrs {
  return { alpha, beta, max }
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
      x: () => smoothReluCurvature(ddx as Tensor, dy!, x!, attrs as unknown as SmoothReluAttrs),
    }),
  },
]
