import type { tf } from '@touchstone/tensor'
import type { Padding } from '../graph/node.js'

/** Padding in tfjs's form. */
export type TfPadding = 'same' | 'valid' | tf.backend_util.ExplicitPadding

export function tfPadding(padding: Padding): TfPadding {
  if (typeof padding === 'string') return padding
  const [[top, bottom], [left, right]] = padding
  return [[0, 0], [top, bottom], [left, right], [0, 0]]
}

/** At how many places a window fits along an axis. */
export function outputLength(length: number, window: number, stride: number, padding: Padding, axis: number): number {
  if (padding === 'same') return Math.ceil(length / stride)
  const [before, after] = padding === 'valid' ? [0, 0] : padding[axis]!
  return Math.floor((length + before + after - window) / stride) + 1
}

/** How many zeros `same` puts before an axis. */
export function samePadBefore(length: number, window: number, stride: number): number {
  return Math.floor(Math.max(0, (Math.ceil(length / stride) - 1) * stride + window - length) / 2)
}
