import { zeros } from '#tfjs/core'
import type { GradConfig } from '@tensorflow/tfjs-core'

/**
 * Gradients of comparisons and logical operations: zero everywhere, as of any step. tfjs has only that of GreaterEqual, so that
 * `where(greater(x, 0), ...)` has no gradient. The zeros are float32, the only type a gradient may have, even where the input is bool.
 */
export const comparisons: readonly GradConfig[] = [
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map((name) => zeroGradient(name, ['a', 'b'])),
  zeroGradient('LogicalNot', ['x']),
]

function zeroGradient(kernelName: string, inputs: string[]): GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_, saved) => Object.fromEntries(inputs.map((name, i) => [name, () => zeros(saved[i]!.shape, 'float32')])),
  }
}
