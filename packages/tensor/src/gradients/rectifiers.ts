import { cast, engine, getBackend, getKernel, mul, step, zerosLike } from '#tfjs/core'
import type { GradConfig, KernelConfig, Tensor } from '@tensorflow/tfjs-core'

/**
 * What a leaky ReLU, x where x is above 0 and alpha x elsewhere, makes of a signal on its way back: dy where x is above 0, alpha dy elsewhere; with alpha 0 the gradient of
 * ReLU. One kernel where the backend has it, to the bits of dy step(x, alpha). Differentiable: linear in `dy`, and constant in `x`.
 *
 * @param dy - in the shape of `x`
 * @param alpha - the slope where x is not above 0
 */
export function leakyReluGradient(dy: Tensor, x: Tensor, alpha: number): Tensor {
  // The type leaves out that there may be none.
  const kernel = getKernel('LeakyReluGrad', getBackend()) as KernelConfig | undefined
  return kernel === undefined ? mul(dy, step(x, alpha)) : engine().runKernel('LeakyReluGrad', { dy, x }, { alpha })
}

/** The gradients of ReLU and leaky ReLU, and of that. */
export const rectifiers: readonly GradConfig[] = [
  rectifier('Relu', () => 0),
  rectifier('LeakyRelu', ({ alpha }) => alpha!),
  {
    kernelName: 'LeakyReluGrad',
    inputsToSave: ['x'],
    gradFunc: (ddx, [x], attrs) => ({
      dy: () => leakyReluGradient(ddx as Tensor, x!, (attrs as Readonly<Record<string, number>>).alpha!),
      x: () => zerosLike(x!),
    }),
  },
]

function rectifier(kernelName: string, alpha: (attrs: Readonly<Record<string, number>>) => number): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({ x: () => leakyReluGradient(dy as Tensor, cast(x!, 'float32'), alpha(attrs as Readonly<Record<string, number>>)) }),
  }
}
