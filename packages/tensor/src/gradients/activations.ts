import { cast, engine, mul, scalar, step, sub } from '#tfjs/core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'

/**
 * Gradients of activations with kinks, by masks. tfjs's own choose between values with comparisons and `where`, which are ten times slower than
 * `step` on wasm.
 */
export const activations: readonly GradConfig[] = [
  unary('Relu6', (x) => mul(step(x), upTo(x, 6))),
  unary('ClipByValue', (x, { clipValueMin, clipValueMax }) =>
    mul(sub(scalar(1), step(sub(scalar(clipValueMin!), x))), upTo(x, clipValueMax!))),
  {
    // tfjs has no gradient of the gradient of elu, which is `dy` where y is positive and `dy * (y + 1)` elsewhere.
    kernelName: 'EluGrad',
    inputsToSave: ['dy', 'y'],
    gradFunc: (upstream, saved) => {
      const [ddx, dy, y] = [upstream as Tensor, ...saved as [Tensor, Tensor]]
      return {
        dy: () => engine().runKernel<Tensor>('EluGrad', { dy: ddx, y }),
        y: () => mul(mul(ddx, dy), sub(scalar(1), step(y))),
      }
    },
  },
]

/** The gradient of a function of each value, `dy` times its slope. */
function unary(kernelName: string, slope: (x: Tensor, attrs: Readonly<Record<string, number>>) => Tensor): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({ x: () => mul(dy as Tensor, slope(cast(x!, 'float32'), attrs as Record<string, number>)) }),
  }
}

/** 1 for values up to a limit, 0 above. */
function upTo(x: Tensor, limit: number): Tensor {
  return sub(scalar(1), step(sub(x, scalar(limit))))
}
