import { getGradient, registerGradient, unregisterGradient } from '#tfjs/core'
import type { GradConfig } from '@tensorflow/tfjs-core'
import { activations } from './activations.js'
import { comparisons } from './comparisons.js'
import { convolutions } from './convolutions.js'
import { fusedBatchNorm } from './fused-batch-norm.js'
import { images } from './images.js'
import { pooling } from './pooling.js'
import { rectifiers } from './rectifiers.js'
import { orderSavedOutputs } from './saved-outputs.js'
import { slices } from './slices.js'
import { smoothRelus } from './smooth-relu.js'
import { mendSoftmaxCrossEntropy } from './softmax-cross-entropy.js'

/** The gradients that we put in the place of tfjs's, or where it has none. */
const gradients: readonly GradConfig[] = [...activations, ...comparisons, ...convolutions, fusedBatchNorm, ...images, ...pooling, ...rectifiers, ...slices, ...smoothRelus]

/** Installs our gradients, for the whole process and all backends. */
export function installGradients(): void {
  for (const gradient of gradients) {
    // The type leaves out that there may be none.
    if (getGradient(gradient.kernelName) as GradConfig | undefined !== undefined) unregisterGradient(gradient.kernelName)
    registerGradient(gradient)
  }
  orderSavedOutputs()
  mendSoftmaxCrossEntropy()
}
