import { defineExtension, type ChartDrawing } from '@touchstone/core'

/** A score of the results; its value is null where it is undefined. */
export interface Row {
  readonly model: string
  readonly example: string
  readonly attributer: string
  readonly metric: string
  readonly value: number | null
}

/**
 * A Vega-Lite specification with its values in it, its title, and in words what is to be seen.
 *
 * @param rows the scores of one metric.
 * @returns undefined where there is nothing to draw.
 */
export function drawingOf(rows: readonly Row[]): ChartDrawing | undefined {
  throw new Error('write what is drawn: drawingOf in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'chart',
  name: 'my-method',
  // One line that says what it is.
  summary: '',
  // The names of the scores and presets below which it stands in a report.
  traits: { shows: [] },
  create: () => ({ draw: (results, metric) => drawingOf((results as { readonly rows: readonly Row[] }).rows.filter((row) => row.metric === metric)) }),
})
