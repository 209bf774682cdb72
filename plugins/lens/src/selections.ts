import { isConstant, topK, type AttributionMap } from '@touchstone/core'
import { diverseTopK } from './diverse-top-k.js'
import { planeOf, type Plane, type Reduction } from './plane.js'

/** Pixels selected from a map. */
export interface Selection {
  readonly pixels: Uint32Array
  /** Pixels equal to the last one taken that were left out; undefined where that is not what limits the choice. */
  readonly tiesAtCut?: number
}

/** Selects `k` pixels of a map; diverse selections are `w` apart. */
export type Select = (plane: Plane, k: number, w: number) => Selection

/** The k largest pixels. */
export const largest: Select = ({ values }, k) => {
  const { indices, tiesAtCut } = topK(values, k)
  return { pixels: indices, tiesAtCut }
}

/** The diverse top k. */
export const diverse: Select = (plane, k, w) => ({ pixels: diverseTopK(plane, k, w) })

/** The selections S of the first map and T of the second, and how many pixels were asked for. */
export interface Selections {
  readonly first: Uint32Array
  readonly second: Uint32Array
  readonly k: number
}

/** What a comparison needs of a map: small enough to keep as long as the map itself, since several comparisons ask for the same. */
type Kept = Selection | 'constant'

const kept = new WeakMap<AttributionMap, Map<string, Kept>>()

/** A map's selection, made once for each map; `constant` for a map whose order would be by index alone. */
export function selectionOf(map: AttributionMap, channels: Reduction, select: Select, k: number, w: number): Kept {
  let ofMap = kept.get(map)
  if (!ofMap) kept.set(map, (ofMap = new Map<string, Kept>()))
  const key = select === largest ? `${channels} ${k}` : `${channels} ${k} ${w} apart`
  let selection = ofMap.get(key)
  if (!selection) {
    const plane = planeOf(map, channels)
    ofMap.set(key, (selection = isConstant(plane.values) ? 'constant' : select(plane, k, w)))
  }
  return selection
}
