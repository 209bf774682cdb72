import { featuresOf, type AttributionMap } from '@touchstone/core'

/** How many rows and columns of pixels a map has. */
export interface PlaneSize {
  readonly height: number
  readonly width: number
}

/** A map with one value per pixel, row-major. */
export interface Plane extends PlaneSize {
  readonly values: Float64Array
}

/** How channels become one value: the sum of their absolute values, or of their values. */
export type Reduction = 'sum-abs' | 'sum'

/** A map of rank 1 counts as a single row; the last axis of one of rank 3 or more is its channels, the first its height. */
export function sizeOfPlane({ shape, data }: AttributionMap): PlaneSize {
  const pixels = shape.length < 3 ? data.length : data.length / shape.at(-1)!
  const height = shape.length > 1 ? shape[0]! : 1
  return { height, width: pixels / height }
}

/** A map of an image as a plane. */
export function planeOf(map: AttributionMap, channels: Reduction): Plane {
  return { ...sizeOfPlane(map), values: featuresOf(map, channels) }
}

/** Why windows of radius `w` say nothing of such maps; undefined where they do. */
export function windowFault({ height, width }: PlaneSize, w: number): string | undefined {
  return w < Math.max(height, width) ? undefined : `w is ${w}, which is as large as the map, ${height} x ${width}: every pixel would be near every other`
}
