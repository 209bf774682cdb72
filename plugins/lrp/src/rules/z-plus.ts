import type { MakeRule } from './step.js'
import { bySign, negative, positive, share } from './terms.js'

/**
 * The z+ rule: relevance by positive contributions alone, x+ W+ + x- W-, with bias b+. The same as alpha-beta with 1 and 0.
 *
 * Source: Montavon et al., "Explaining nonlinear classification decisions with deep Taylor decomposition", 2017, section 4.2; any sign as in zennit.
 */
export const zPlus: MakeRule = (options) => (step) => {
  const { kernel, bias } = step.weights
  const contributions = bySign(step, () => positive(kernel!), () => negative(kernel!))
  return [share(step, contributions, bias && positive(bias), step.signal, options)]
}
