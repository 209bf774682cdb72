import { html, trusted, type Html } from '../html.js'
import type { ReportChart } from './chart.js'
import { renderChart } from './render.js'

/** Draws charts, those that were drawn before from memory. */
export type DrawChart = (chart: ReportChart) => Promise<Html>

/** A chart as a figure of the page, with what it shows in words. */
export async function chartFigure(chart: ReportChart, note?: Html): Promise<Html> {
  const svg = await renderChart(chart)
  // Vega escapes every text, and links are refused: what is left is drawing.
  const open = html`<svg role="img" aria-label="${chart.description}"`
  return html`<figure class="chart"><figcaption>${chart.title}</figcaption>${trusted(svg.replace('<svg', open.text))}${note}</figure>`
}
