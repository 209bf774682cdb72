import { definePlugin } from '@touchstone/core'
import { integratedGradients } from './integrated-gradients.js'

export { gaussLegendre, type Quadrature } from './gauss-legendre.js'
export { integratedGradients, integratedGradientsMap, type IntegratedGradientsOptions } from './integrated-gradients.js'

/** Attribution by gradients along a path. */
export default definePlugin({ name: '@touchstone/ig', extensions: [integratedGradients] })
