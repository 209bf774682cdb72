import { add, broadcast_util, mul, neg, reshape, rsqrt, scalar, sub, sum } from '#tfjs/core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'

/**
 * Gradients of batch normalisation with given mean and variance, `y = (x - mean) / sqrt(variance + epsilon) * scale + offset`, with respect to
 * all its inputs. tfjs's own tiles the mean and variance to the size of `x` first, which took a third to half of the time of an input gradient;
 * here they are broadcast. Scale and offset may be absent.
 */
export const fusedBatchNorm: GradConfig = {
  kernelName: 'FusedBatchNorm',
  // Scale stands last because it may be absent.
  inputsToSave: presentOnly(['x', 'mean', 'variance', 'scale']),
  gradFunc: (upstream, saved, attrs) => {
    const dy = upstream as Tensor
    const [x, mean, variance, scale = scalar(1)] = saved as [Tensor, Tensor, Tensor, Tensor?]
    const { varianceEpsilon } = attrs as { varianceEpsilon: number }
    const perDeviation = rsqrt(add(variance, scalar(varianceEpsilon)))
    const slope = mul(perDeviation, scale)
    const centred = () => sub(x, mean)
    const summed = (gradient: Tensor) => sumTo(gradient, mean.shape)
    return {
      x: () => mul(dy, slope),
      mean: () => neg(mul(summed(dy), slope)),
      variance: () => mul(mul(summed(mul(dy, centred())), slope), mul(mul(perDeviation, perDeviation), scalar(-0.5))),
      scale: () => mul(summed(mul(dy, centred())), perDeviation),
      offset: () => summed(dy),
    }
  },
}

/** Sums a gradient over the axes along which a tensor of `shape` was broadcast. */
function sumTo(gradient: Tensor, shape: number[]): Tensor {
  return reshape(sum(gradient, broadcast_util.getReductionAxes(shape, gradient.shape)), shape)
}

/** tfjs looks the inputs that it is to save up with this list's `map`, and fails on absent ones. This list leaves them out. */
function presentOnly(names: string[]): string[] {
  return Object.assign(names, {
    map: <Value>(look: (name: string, index: number, all: string[]) => Value) =>
      Array.from(names, (name, i) => look(name, i, names)).filter((input) => input !== undefined),
  })
}
