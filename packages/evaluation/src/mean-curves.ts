import type { MeanCurve, ResultRow } from './results.js'

/** Gathers the means of curves, one curve after the other: what it holds does not grow with the examples. */
export class MeanCurves {
  readonly #columns = new Map<string, { readonly of: Pick<MeanCurve, 'model' | 'attributer' | 'metric'>; readonly points: Map<number, { sum: number; n: number }> }>()

  /** Takes in the curve of a row, where it has one. */
  add({ model, attributer, metric, curve }: Pick<ResultRow, 'model' | 'attributer' | 'metric' | 'curve'>): void {
    if (!curve) return
    const key = JSON.stringify([model, attributer, metric])
    const column = this.#columns.get(key) ?? { of: { model, attributer, metric }, points: new Map<number, { sum: number; n: number }>() }
    this.#columns.set(key, column)
    curve.x.forEach((x, index) => {
      const point = column.points.get(x) ?? { sum: 0, n: 0 }
      point.sum += curve.y[index]!
      point.n++
      column.points.set(x, point)
    })
  }

  list(): readonly MeanCurve[] {
    return [...this.#columns.values()].map(({ of, points }) => {
      const sorted = [...points].sort(([a], [b]) => a - b)
      return { ...of, x: sorted.map(([x]) => x), y: sorted.map(([, { sum, n }]) => sum / n), n: sorted.map(([, { n }]) => n) }
    })
  }
}

/** The means of the curves of rows. */
export function meanCurves(rows: readonly ResultRow[]): readonly MeanCurve[] {
  const curves = new MeanCurves()
  for (const row of rows) curves.add(row)
  return curves.list()
}
