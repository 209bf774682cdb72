import type { MakeRule } from './step.js'

/** Relevance goes through unchanged: R_in = R. For activations, and layers whose input has the shape of their output. */
export const pass: MakeRule = () => ({ inputs, signal }) => inputs.map(() => signal)
