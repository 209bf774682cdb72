import { readFileSync } from 'node:fs'

/** What is known of a network. */
export interface Card {
  readonly name: string
  /** The data set that it was trained on, by the train half alone. */
  readonly data: string
  readonly purpose: string
  readonly inputShape: readonly number[]
  readonly classCount: number
  readonly parameters: number
  /** Million multiplications and additions of a forward pass, each counted. */
  readonly mflopPerRow: number
  /** As `touchstone train` was told. */
  readonly training: { readonly model: unknown; readonly trainer: unknown; readonly seed: number }
  /** What it gets right of the test half: shares, and of how many. */
  readonly accuracy: { readonly test: number; readonly examples: number }
  /** The same of the first test examples after 20 steps of projected gradient descent within epsilon, in l-infinity and shares of the range, from the example itself. */
  readonly attacked: { readonly accuracy: number; readonly examples: number; readonly epsilon: number }
  /** SHA-256 of its weights. */
  readonly weights: string
}

/** The cards of all networks, as `models/cards.json` has them. */
export const cards = JSON.parse(readFileSync(new URL('../models/cards.json', import.meta.url), 'utf8')) as readonly Card[]
