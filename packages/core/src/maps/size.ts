import type { AttributionMap } from '../contracts/metric.js'

/** How many rows and columns of pixels a map has. */
export interface MapSize {
  readonly height: number
  readonly width: number
}

/** A map of rank 1 counts as a single row; the last axis of one of rank 3 or more is its channels, the first its height. */
export function mapSizeOf({ shape, data }: AttributionMap): MapSize {
  const pixels = shape.length < 3 ? data.length : data.length / shape.at(-1)!
  const height = shape.length > 1 ? shape[0]! : 1
  return { height, width: pixels / height }
}
