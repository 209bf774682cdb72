import { engine, getBackend, getKernel, util } from '#tfjs/core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'

/** Kernels of ours that do in one pass over the memory what other operations do in several: what they take and are told. */
export interface OnePassKernels {
  /** a + sign(x) b */
  readonly AddSigned: { readonly inputs: { readonly a: Tensor, readonly b: Tensor, readonly x: Tensor }, readonly attrs: object }
  /** The signals of DeepLIFT's RevealCancel for a ReLU: the sum and the difference of those of positive and negative parts. */
  readonly RevealCancel: {
    readonly inputs: { readonly z: Tensor, readonly z0: Tensor, readonly total: Tensor, readonly signal: Tensor }
    readonly attrs: { readonly most: number, readonly rounding: number, readonly tiny: number }
  }
  /** The curvature at x of a ReLU without kinks, times a and b. */
  readonly SmoothReluCurvature: { readonly inputs: { readonly a: Tensor, readonly b: Tensor, readonly x: Tensor }, readonly attrs: { readonly alpha: number, readonly beta: number, readonly max: number } }
  /** a / (b + epsilon sign(b)), with sign(0) = 1 */
  readonly StableQuotient: { readonly inputs: { readonly a: Tensor, readonly b: Tensor }, readonly attrs: { readonly epsilon: number } }
}

/**
 * Runs a kernel of ours where the backend has it, all inputs have one shape, and nobody differentiates; elsewhere the same made of tfjs's operations.
 *
 * @param composed - the same function of the same values, which `tf.grad` can differentiate
 */
export function inOnePass<Name extends keyof OnePassKernels, Result extends Tensor | readonly Tensor[]>(
  name: Name, inputs: OnePassKernels[Name]['inputs'], attrs: OnePassKernels[Name]['attrs'], composed: () => Result,
): Result {
  const tensors = Object.values<Tensor>(inputs)
  const fits = tensors.every(({ shape, dtype }) => dtype === 'float32' && util.arraysEqual(shape, tensors[0]!.shape))
  // The type leaves out that there may be none.
  const kernel = getKernel(name, getBackend()) as KernelConfig | undefined
  if (kernel === undefined || !fits || engine().isTapeOn()) return composed()
  return engine().runKernel(name, { ...inputs }, { ...attrs }) as unknown as Result
}
