/** A chart as data: a Vega-Lite specification with its values in it. */
export interface ChartDrawing {
  readonly title: string
  /** What is to be seen, in words: it is read out in place of the picture. */
  readonly description: string
  readonly vegaLite: Readonly<Record<string, unknown>>
}

/** A picture of a metric's results: a specification, so that it is data and any report can draw it. */
export interface Chart {
  /**
   * @param results of the format `touchstone-results/1`.
   * @param metric the label under which they hold a metric that the chart shows.
   * @returns `undefined` where there is nothing to draw.
   */
  readonly draw: (results: unknown, metric: string) => ChartDrawing | undefined
}

export interface ChartTraits {
  /** The names of the scores and presets that it shows. */
  readonly shows: readonly string[]
}
