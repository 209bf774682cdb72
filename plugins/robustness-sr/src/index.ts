import { definePlugin } from '@touchstone/core'
import { robustnessSrComplementReference, robustnessSrReference } from './presets.js'
import { robustnessSr, robustnessSrComplement } from './robustness-sr.js'

export { robustnessSr, robustnessSrComplement, type Reach } from './robustness-sr.js'

/** Faithfulness by the smallest change of the most relevant features that changes the class. */
export default definePlugin({ name: '@touchstone/robustness-sr', extensions: [robustnessSr, robustnessSrComplement], presets: [robustnessSrReference, robustnessSrComplementReference] })
