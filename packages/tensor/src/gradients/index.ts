import { getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core'
import type { GradConfig } from '@tensorflow/tfjs-core'
import { comparisons } from './comparisons.js'
import { fusedBatchNorm } from './fused-batch-norm.js'

/** The gradients that we put in the place of tfjs's, or where it has none. */
const gradients: readonly GradConfig[] = [fusedBatchNorm, ...comparisons]

/** Installs our gradients, for the whole process and all backends. */
export function installGradients(): void {
  for (const gradient of gradients) {
    // The type leaves out that there may be none.
    if (getGradient(gradient.kernelName) as GradConfig | undefined !== undefined) unregisterGradient(gradient.kernelName)
    registerGradient(gradient)
  }
}
