import { featuresOf, mapSizeOf, type AttributionMap, type MapSize } from '@touchstone/core'

/** A map with one value per pixel, row-major. */
export interface Plane extends MapSize {
  readonly values: Float64Array
}

/** How channels become one value: the sum of their absolute values, or of their values. */
export type Reduction = 'sum-abs' | 'sum'

/** A map of an image as a plane. */
export function planeOf(map: AttributionMap, channels: Reduction): Plane {
  return { ...mapSizeOf(map), values: featuresOf(map, channels) }
}

/** Why windows of radius `w` say nothing of such maps; undefined where they do. */
export function windowFault({ height, width }: MapSize, w: number): string | undefined {
  return w < Math.max(height, width) ? undefined : `w is ${w}, which is as large as the map, ${height} x ${width}: every pixel would be near every other`
}
