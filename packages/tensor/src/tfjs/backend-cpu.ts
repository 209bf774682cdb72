import type * as package_ from '@tensorflow/tfjs-backend-cpu'
import { requirePackage } from './require-package.js'

/** All of @tensorflow/tfjs-backend-cpu, for Node. */
export const {
  MathBackendCPU, shared, version_cpu,
} = requirePackage<typeof package_>('@tensorflow/tfjs-backend-cpu')
