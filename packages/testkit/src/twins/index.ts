export { deepLiftTwin, type DeepLiftTwinRule } from './deeplift.js'
export { forwardTwin, type InputValues, type Values } from './forward.js'
export { gradientTwin } from './gradient.js'
export { lrpTwin, type LrpTwinRule } from './lrp.js'
