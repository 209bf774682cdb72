import { adamStep } from './adam-step.js'
import { addSigned } from './add-signed.js'
import { avgPoolGrad, avgPoolGradCovered } from './avg-pool-grad.js'
import { batchMatMul } from './batch-mat-mul.js'
import { castOfValues } from './cast-of-values.js'
import { cast } from './cast.js'
import { conv2DBackpropFilter } from './conv2d-backprop-filter.js'
import { conv2DBackpropInput } from './conv2d-backprop-input.js'
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.js'
import { depthwiseBackpropInput } from './depthwise-backprop-input.js'
import { erf } from './erf.js'
import { conv2D, depthwiseConv2D, fusedConv2D, fusedDepthwiseConv2D } from './explicit-same-padding.js'
import { firstMaximum } from './first-maximum.js'
import { fusedBatchNorm, fusedBatchNormOfChannels } from './fused-batch-norm.js'
import { identity } from './identity.js'
import type { KernelDefinition } from './kernel.js'
import { maxPoolGrad } from './max-pool-grad.js'
import { maxPoolGradGrad } from './max-pool-grad-grad.js'
import { leakyRelu, leakyReluGrad } from './rectifiers.js'
import { revealCancel } from './reveal-cancel.js'
import { segmentsWithinRange } from './segments-within-range.js'
import { smoothRelu, smoothReluCurvature, smoothReluGrad } from './smooth-relu.js'
import { stableQuotient } from './stable-quotient.js'
import { mean, sum } from './sum.js'
import { transposeOfNumbers } from './transpose-of-numbers.js'
import { unsortedSegmentSum } from './unsorted-segment-sum.js'

export { guardHeapEnd } from './heap-end.js'
export { installKernels } from './kernel.js'
export { nativeKernels } from './native.js'
export type { KernelDefinition, WasmBackend } from './kernel.js'

/** What we put in the place of tfjs's kernels on its wasm backend. */
export const wasmKernels: readonly KernelDefinition[] = [
  adamStep,
  addSigned,
  avgPoolGrad,
  batchMatMul,
  cast,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2D,
  erf,
  fusedBatchNormOfChannels,
  fusedConv2D,
  fusedDepthwiseConv2D,
  identity,
  leakyRelu,
  leakyReluGrad,
  maxPoolGrad,
  maxPoolGradGrad,
  mean,
  revealCancel,
  smoothRelu,
  smoothReluCurvature,
  smoothReluGrad,
  stableQuotient,
  sum,
  unsortedSegmentSum,
]

/** What we put in the place of tfjs's kernels on its cpu backend. */
export const cpuKernels: readonly KernelDefinition[] = [avgPoolGradCovered, fusedBatchNorm]

/** What we put in the place of tfjs's kernels on webgl. */
export const webglKernels: readonly KernelDefinition[] = [avgPoolGradCovered, firstMaximum, fusedBatchNorm]

/** What we put in the place of tfjs's kernels on webgpu. */
export const webgpuKernels: readonly KernelDefinition[] = [avgPoolGradCovered, castOfValues, firstMaximum, fusedBatchNorm, segmentsWithinRange, transposeOfNumbers]
