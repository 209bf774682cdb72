/** A picture of results: a Vega-Lite specification, so that it is data and any report can draw it. */
export interface Chart {
  /** @param results of the format `touchstone-results/1`. */
  readonly draw: (results: unknown) => { readonly title: string; readonly vegaLite: Readonly<Record<string, unknown>> }
}

export interface ChartTraits {
  /** The names of the metrics it shows. */
  readonly shows: readonly string[]
}
