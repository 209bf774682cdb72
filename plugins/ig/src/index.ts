import { definePlugin } from '@touchstone/core'
import { gradientShap } from './gradient-shap.js'
import { integratedGradients } from './integrated-gradients.js'
import { referenceMethods } from './reference-methods.js'

export { gaussLegendre } from './gauss-legendre.js'
export { gradientShap, gradientShapAttributer, type GradientShapOptions } from './gradient-shap.js'
export { integratedGradients, integratedGradientsAttributer, type IntegratedGradientsOptions } from './integrated-gradients.js'
export { layerConductance, type LayerConductanceOptions } from './layer-conductance.js'
export { integratedGradientsMap, integratedGradientsMaps, type PathOptions } from './path-map.js'
export { quadrature, quadratureRules, type Quadrature, type QuadratureRule } from './quadrature.js'

/** Attribution by gradients along a path. */
export default definePlugin({ name: '@touchstone/ig', extensions: [integratedGradients, gradientShap, ...referenceMethods] })
