import { mapSizeOf, topCountOf, type Comparison } from '@touchstone/core'
import type { SelectionOptions } from './compare-selections.js'
import { selectionOf, type Select } from './selections.js'

/** The selected pixels of a map with their windows; none of a constant map, nor of one with fewer than k pixels. */
export function marks({ k: asked, w, channels }: SelectionOptions, select: Select): Comparison['marks'] {
  return (map) => {
    const { height, width } = mapSizeOf(map)
    const k = topCountOf(asked, height * width)
    const selection = k > height * width ? 'constant' : selectionOf(map, channels, select, k, w)
    return selection === 'constant' ? undefined : { pixels: selection.pixels, radius: w }
  }
}
