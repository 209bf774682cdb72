import { tf } from '@touchstone/tensor'

/** Runs a kernel of tfjs by its name: for the transposes of layers, which tfjs has kernels but no functions for. */
export function runKernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attrs: object): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(name, { ...inputs }, { ...attrs })
}

/**
 * A tensor function with a gradient of its own, for `tf.grad` to use.
 *
 * @param inputs what it is differentiated by
 * @param kept further tensors that the gradient reads; constants to the gradient
 * @param forward the function
 * @param gradient the incoming signal, and `inputs` and `kept`, to the signals of `inputs`
 */
export function withGradient(
  inputs: readonly tf.Tensor[],
  kept: readonly tf.Tensor[],
  forward: (...inputs: tf.Tensor[]) => tf.Tensor,
  gradient: (signal: tf.Tensor, inputs: readonly tf.Tensor[], kept: readonly tf.Tensor[]) => tf.Tensor[],
): tf.Tensor {
  // Without a tape nobody asks for the gradient.
  if (!tf.engine().isTapeOn()) return forward(...inputs)
  const run = tf.customGrad((...args) => {
    const tensors = args.slice(0, -1) as tf.Tensor[]
    const save = args.at(-1) as tf.GradSaveFunc
    save([...tensors, ...kept])
    return {
      value: forward(...tensors),
      gradFunc: (signal: tf.Tensor, saved: tf.Tensor[]) => gradient(signal, saved.slice(0, inputs.length), saved.slice(inputs.length)),
    }
  })
  return run(...inputs)
}

/** Whether tfjs, or `@touchstone/tensor`, can differentiate a kernel by itself. */
export function hasGradient(kernelName: string): boolean {
  // The type leaves out that there may be none.
  return (tf.getGradient(kernelName) as tf.GradConfig | undefined) !== undefined
}
