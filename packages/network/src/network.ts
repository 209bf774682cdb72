import type { tf } from '@touchstone/tensor'

/** A classifier as a differentiable function of its input. Every method that is itself a tensor function stands on this. */
export interface Network {
  /** The shape of one input. */
  readonly inputShape: readonly number[]
  readonly classCount: number
  /**
   * `[n, ...inputShape]` to logits `[n, classCount]`. Synchronous and made of TensorFlow.js ops alone, so that `tf.grad` goes through it.
   * Rows are independent.
   */
  readonly logits: (x: tf.Tensor) => tf.Tensor2D
  /** How many rows went through it so far. */
  readonly rowsRun: () => number
}

declare module '@touchstone/core' {
  interface Capabilities {
    /** The model's layers as a differentiable function from inputs to logits. */
    readonly network: Network
  }
}
