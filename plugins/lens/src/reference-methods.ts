import { defineReferenceFunction, flattenNested, isNested, nestedShape, UserError, type MapSize, type ReferenceParams } from '@touchstone/core'
import { intersection, precision, recall, smoothedKendall, smoothedSpearman } from './formulas.js'
import { planeOf, type Plane } from './plane.js'
import { diverse, largest, type Select, type Selections } from './selections.js'

/** How this package answers reference cases: the formulas on two maps `a` and `b`, without channels. */
export const referenceMethods = [
  ofSelected('lens-topk', '|S n T| / k; params: a, b, k', largest, intersection),
  ofSelected('lens-recall', '|N_w(S) n T| / k; params: a, b, k, w', largest, recall),
  ofSelected('lens-prec', '|S n N_w(T)| / k; params: a, b, k, w', largest, precision),
  ofSelected('lens-topk-div', "|D n D'| / k; params: a, b, k, w", diverse, intersection),
  ofSelected('lens-recall-div', "|N_w(D) n D'| / k; params: a, b, k, w", diverse, recall),
  ofSelected('lens-prec-div', "|D n N_w(D')| / k; params: a, b, k, w", diverse, precision),
  ofSmoothed('lens-spearman', "Spearman's rho of smoothed maps; params: a, b, w", smoothedSpearman),
  ofSmoothed('lens-kendall', "Kendall's tau-b of smoothed maps; params: a, b, w", smoothedKendall),
]

function ofSelected(name: string, summary: string, select: Select, formula: (selections: Selections, size: MapSize, w: number) => number) {
  return defineReferenceFunction(name, summary, (params) => {
    const [a, b, k, w] = [plane(params, 'a'), plane(params, 'b'), params.number('k'), params.number('w', 0)]
    return [[formula({ first: select(a, k, w).pixels, second: select(b, k, w).pixels, k }, a, w)]]
  })
}

function ofSmoothed(name: string, summary: string, formula: (a: Plane, b: Plane, w: number) => number) {
  return defineReferenceFunction(name, summary, (params) => [[formula(plane(params, 'a'), plane(params, 'b'), params.number('w'))]])
}

/** Values as they are: the cases' maps have no channels to be summed. */
function plane(params: ReferenceParams, name: string): Plane {
  const value = params.value(name)
  const shape = nestedShape(value)
  if (!isNested(value) || shape?.length !== 2) throw new UserError(`params.${name}: expected a map, rows of numbers of one length`)
  return planeOf({ shape, data: Float32Array.from(flattenNested(value)) }, 'sum')
}
