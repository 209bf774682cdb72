import { messageOf } from '@touchstone/core'
import { html, trusted, type Html } from '../html.js'
import type { ReportChart } from './chart.js'
import { renderChart } from './render.js'

/** A chart as a figure of the page, with what it shows in words. */
export async function chartFigure(chart: ReportChart, note?: Html): Promise<Html> {
  let svg: string
  try {
    svg = await renderChart(chart)
  } catch (error) {
    // A plugin's chart must not cost the page.
    return html`<figure class="chart"><figcaption>${chart.title}</figcaption><p class="blank">${messageOf(error)}</p></figure>`
  }
  // Vega escapes every text, and links are refused: what is left is drawing.
  const open = html`<svg role="img" aria-label="${chart.description}"`
  return html`<figure class="chart"><figcaption>${chart.title}</figcaption>${trusted(svg.replace('<svg', open.text))}${note}</figure>`
}
