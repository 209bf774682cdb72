import { definePlugin } from '@touchstone/core'
import { featureAblation } from './feature-ablation.js'
import { kernelShap } from './kernel-shap.js'
import { occlusion } from './occlusion.js'
import { random } from './random.js'
import { referenceMethods } from './reference-methods.js'
import { shapleyExact } from './shapley-exact.js'
import { shapleySampling } from './shapley-sampling.js'

export { featureAblation, featureAblationAttributer, type RemovalOptions } from './feature-ablation.js'
export { kernelShap, kernelShapAttributer, type KernelShapOptions } from './kernel-shap.js'
export { occlusion, occlusionAttributer, type OcclusionOptions } from './occlusion.js'
export { random, randomAttributer } from './random.js'
export { shapleyExact, shapleyExactAttributer } from './shapley-exact.js'
export { shapleySampling, shapleySamplingAttributer, type ShapleySamplingOptions } from './shapley-sampling.js'

/** Attribution by what the model says to changed inputs; and a control that does not ask it. */
export default definePlugin({ name: '@touchstone/perturbation', extensions: [occlusion, featureAblation, shapleySampling, shapleyExact, kernelShap, random, ...referenceMethods] })
