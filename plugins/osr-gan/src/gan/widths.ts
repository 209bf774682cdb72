import { UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { weightCount } from './stack.js'

/** How many normal numbers a generator starts from. */
export const latent = 100

/** The shapes of both players. */
export interface Architecture {
  /** Widths of the hidden layers of the generator; the discriminator has the same ones. */
  readonly hidden: readonly number[]
  readonly generator: 'linear' | 'low-rank' | 'auto'
  readonly discriminator: 'mirror' | 'ascending' | 'auto'
}

/** Widths of the layers of both players, and which of the layers bend. */
export interface Players {
  readonly generator: { readonly widths: readonly number[]; readonly bends: readonly boolean[] }
  readonly discriminator: { readonly widths: readonly number[]; readonly bends: readonly boolean[] }
  /** Of both together. */
  readonly weights: number
}

/** The rank of the last stage of a low-rank generator. */
const rank = 64
/** Above so many weights `auto` takes the small ones. */
const many = 40_000_000
/** Value and two moments; and gradient and new value of one player, which has about half of the weights. */
const bytesPerWeight = 16
/** What the 32-bit memory of wasm leaves beside the classifier, the activations and the gaps between tensors of hundreds of mebibytes. */
const wasmBytes = 3.2 * 2 ** 30

/**
 * Generator 100 - hidden - size, its last stage a matrix or, `low-rank`, the product of two with 64 in between; discriminator size - hidden - 1 with the hidden layers
 * turned round (`mirror`) or as they are (`ascending`). `auto` is ascending, and linear, or low-rank for inputs with which a linear generator and a mirror have over 40 million weights.
 */
export function playersOf(size: number, { hidden, generator, discriminator }: Architecture): Players {
  const linear = [latent, ...hidden, size]
  const mirror = [size, ...hidden.toReversed(), 1]
  const large = weightCount(linear) + weightCount(mirror) > many
  const lowRank = generator === 'low-rank' || (generator === 'auto' && large)
  const ascending = discriminator === 'ascending' || discriminator === 'auto'
  const bends = hidden.map(() => true)
  const g = lowRank ? { widths: [latent, ...hidden, rank, size], bends: [...bends, false, false] } : { widths: linear, bends: [...bends, false] }
  const d = { widths: ascending ? [size, ...hidden, 1] : mirror, bends: [...bends, false] }
  return { generator: g, discriminator: d, weights: weightCount(g.widths) + weightCount(d.widths) }
}

/** @throws UserError where the players do not fit into the memory of the engine. */
export function checkMemory({ weights }: Players): void {
  const bytes = weights * bytesPerWeight
  if (tf.getBackend() !== 'wasm' || bytes <= wasmBytes) return
  throw new UserError(
    `generator and discriminator have ${(weights / 1e6).toFixed(0)} million weights for inputs of this size and take ${(bytes / 2 ** 30).toFixed(1)} GiB, more than the wasm backend has: use generator "low-rank" and discriminator "ascending", which "auto" takes, or a native backend`,
  )
}
