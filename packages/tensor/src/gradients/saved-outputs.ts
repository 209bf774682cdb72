import { engine } from '#tfjs/core'
import type { Tensor } from '@tensorflow/tfjs-core'

interface TapeNode { readonly inputs: Readonly<Record<string, Tensor>>, readonly outputs: readonly Tensor[] }

/** The part of tfjs's engine that writes down what was computed, for the backward pass to read. */
interface Recorder {
  readonly state: { readonly activeTape: TapeNode[] | null }
  addTapeNode: (kernelName: string, inputs: Readonly<Record<string, Tensor>>, outputs: readonly Tensor[], ...rest: unknown[]) => void
}

/**
 * Puts tfjs's tape in the order in which things were computed.
 *
 * An operation whose gradient is worked out from its result (sigmoid, tanh, exp, softmax) saves a copy of that result, and tfjs writes the copy
 * down BEFORE the operation. When a gradient is differentiated once more, the copy seems to come from nowhere, so it counts as a constant: second
 * derivatives of these operations fail, or, where the input has another way to the result as well, are silently wrong. `x * sigmoid(x)` and
 * `log(softmax(x))` are. With the operation before its copies, every such gradient can be differentiated as it stands, `customGrad`s too.
 */
export function orderSavedOutputs(): void {
  const recorder = engine() as unknown as Recorder
  const record = recorder.addTapeNode.bind(recorder)
  recorder.addTapeNode = (kernelName, inputs, outputs, ...rest) => {
    record(kernelName, inputs, outputs, ...rest)
    const tape = recorder.state.activeTape
    if (tape === null) return
    let place = tape.length - 1
    while (place > 0 && isCopyOf(outputs, tape[place - 1]!)) place--
    if (place < tape.length - 1) tape.splice(place, 0, tape.pop()!)
  }
}

function isCopyOf(outputs: readonly Tensor[], { inputs }: TapeNode): boolean {
  return Object.values(inputs).some((input) => outputs.includes(input))
}
