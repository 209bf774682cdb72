import { compareMaps, faultOf, mapSizeOf, resultOf, topCountOf, undefinedResult, type Comparison, type MapSize } from '@touchstone/core'
import { windowFault, type Reduction } from './plane.js'
import { largest, selectionOf, type Select, type Selection, type Selections } from './selections.js'

/** What comparisons of selected pixels are told. */
export interface SelectionOptions {
  readonly k: number
  readonly w: number
  readonly channels: Reduction
}

/**
 * A comparison of the selected pixels of two maps, from its formula. Undefined for maps with fewer than k pixels, for constant ones, whose order is by
 * index alone, and for windows that no pixel is outside of.
 */
export function compareSelections({ k: asked, w, channels }: SelectionOptions, select: Select, formula: (selections: Selections, size: MapSize, w: number) => number): Comparison['compare'] {
  return compareMaps((a, b) => {
    const size = mapSizeOf(a)
    const count = size.height * size.width
    const k = topCountOf(asked, count)
    if (k > count) return undefinedResult(`k is ${k}, but the maps have ${count} pixels`)
    const [first, second] = [selectionOf(a, channels, select, k, w), selectionOf(b, channels, select, k, w)]
    const reason = windowFault(size, w) ?? faultOf((selection) => selection === 'constant', 'constant', first, second)
    if (reason !== undefined || first === 'constant' || second === 'constant') return undefinedResult(reason ?? '')
    return resultOf(formula({ first: first.pixels, second: second.pixels, k }, size, w), { diagnostics: { k, ...(select === largest ? ties(first, second) : counts(first, second)) } })
  })
}

const ties = (first: Selection, second: Selection) => ({ tiesAtCutFirst: first.tiesAtCut ?? 0, tiesAtCutSecond: second.tiesAtCut ?? 0 })

const counts = (first: Selection, second: Selection) => ({ selectedFirst: first.pixels.length, selectedSecond: second.pixels.length })
