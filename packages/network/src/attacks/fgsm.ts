import type { Rows } from '@touchstone/core'
import type { Network } from '../network.js'
import type { AttackOptions, Attacked } from './attack.js'
import { pgd } from './pgd.js'

/**
 * The fast gradient sign method: one step of the whole radius up the loss, by the sign of the gradient (`linf`) or along it (`l2`).
 *
 * Source: Goodfellow, Shlens, Szegedy, "Explaining and harnessing adversarial examples", 2015.
 */
export function fgsm(network: Network, inputs: Rows, classes: readonly number[], options: AttackOptions & { readonly radius: number | readonly number[] }): Promise<Attacked> {
  return pgd(network, inputs, classes, { ...options, steps: 1, stepSize: 1, restarts: 1 })
}
