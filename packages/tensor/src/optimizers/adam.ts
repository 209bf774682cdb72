import { AdamOptimizer, engine, getBackend, getKernel, scalar, tidy, zeros } from '#tfjs/core'
import type { KernelConfig, Tensor, Variable } from '@tensorflow/tfjs-core'
import { heapValues } from '../heap-values.js'
import type { AdamStepAttrs } from '../kernels/adam-step.js'

type Gradients = Parameters<AdamOptimizer['applyGradients']>[0]

interface Moment { readonly originalName: string, readonly variable: Variable }

/** The state of tfjs's Adam, which it calls protected. */
interface AdamState {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  readonly accumulatedFirstMoment: (Moment | undefined)[]
  readonly accumulatedSecondMoment: (Moment | undefined)[]
  readonly accBeta1: Variable
  readonly accBeta2: Variable
  incrementIterations: () => void
}

/**
 * Lets tfjs's own Adam optimizer, `tf.train.adam`, do its steps with our kernel where the backend has it. Its state stays as it is, so saving
 * and loading it work as before; the numbers agree up to rounding.
 */
export function installAdam(): void {
  const stock = Object.getOwnPropertyDescriptor(AdamOptimizer.prototype, 'applyGradients')!.value as AdamOptimizer['applyGradients']
  AdamOptimizer.prototype.applyGradients = function applyGradients(this: AdamOptimizer, gradients: Gradients) {
    // The type leaves out that there may be none.
    if (getKernel('AdamStep', getBackend()) as KernelConfig | undefined === undefined) stock.call(this, gradients)
    else step(this as unknown as AdamState, gradients)
  }
}

function step(state: AdamState, gradients: Gradients): void {
  const named = Array.isArray(gradients) ? gradients : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor: tensor }))
  const { learningRate, beta1, beta2, epsilon, accBeta1, accBeta2 } = state
  // Only wasm has the kernel.
  const [power1, power2] = [heapValues(accBeta1)[0]!, heapValues(accBeta2)[0]!]
  const attrs: AdamStepAttrs = { learningRate, beta1, beta2, epsilon, correction1: 1 - power1, correction2: 1 - power2 }
  tidy(() => {
    for (const [i, { name, tensor: gradient }] of named.entries()) {
      const value = engine().registeredVariables[name]!
      const firstMoment = (state.accumulatedFirstMoment[i] ??= moment(`${name}/m`, value)).variable
      const secondMoment = (state.accumulatedSecondMoment[i] ??= moment(`${name}/v`, value)).variable
      // The type leaves out that a variable may have no gradient.
      if (gradient as Tensor | null === null) continue
      const results: unknown = engine().runKernel('AdamStep', { value, firstMoment, secondMoment, gradient }, { ...attrs })
      const [newValue, newFirst, newSecond] = results as [Tensor, Tensor, Tensor]
      value.assign(newValue)
      firstMoment.assign(newFirst)
      secondMoment.assign(newSecond)
    }
    accBeta1.assign(scalar(power1 * beta1))
    accBeta2.assign(scalar(power2 * beta2))
  })
  state.incrementIterations()
}

function moment(originalName: string, value: Tensor): Moment {
  return { originalName, variable: tidy(() => zeros(value.shape).variable(false)) }
}
