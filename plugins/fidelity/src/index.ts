import { definePlugin } from '@touchstone/core'
import { deletion, insertion } from './area.js'
import { fidelity } from './fidelity.js'
import { infidelity } from './infidelity.js'
import { monotonicityCorrelation } from './monotonicity-correlation.js'
import { monotonicity } from './monotonicity.js'
import { pixelFlipping } from './pixel-flipping.js'
import { deletionRise, fidelityQuantus, infidelityCaptum, insertionRise, monotonicityCorrelationQuantus, pixelFlippingQuantus, roadQuantus } from './presets.js'
import { referenceMethods } from './reference-methods.js'
import { road } from './road.js'
import { sensitivityN } from './sensitivity-n.js'

export type { Absent } from './absent.js'
export type { Perturbation } from './infidelity.js'
export type { OutputScale } from './outputs.js'
export type { SubsetSize } from './subsets.js'
export type { Unit } from './units.js'
export { deletion, fidelity, infidelity, insertion, monotonicity, monotonicityCorrelation, pixelFlipping, road, sensitivityN }

export default definePlugin({
  name: '@touchstone/fidelity',
  extensions: [fidelity, infidelity, sensitivityN, insertion, deletion, pixelFlipping, monotonicity, monotonicityCorrelation, road, ...referenceMethods],
  presets: [fidelityQuantus, pixelFlippingQuantus, monotonicityCorrelationQuantus, roadQuantus, infidelityCaptum, deletionRise, insertionRise],
})
