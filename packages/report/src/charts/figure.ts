import { canonicalJson, hash, messageOf } from '@touchstone/core'
import { html, trusted, type Html } from '../html.js'
import type { ReportChart } from './chart.js'
import { renderChart } from './render.js'
import { chartConfig } from './theme.js'

/** Charts that are drawn already, by a hash of what they show. */
export type DrawnCharts = ReadonlyMap<string, string>

/** What of a chart's SVG is not said elsewhere: it is drawn anew where this differs. */
const drawing = canonicalJson({ version: 1, chartConfig })

/** The charts on a page that was written before: to draw them again takes longer than all the rest. */
export function chartsOn(page: string): DrawnCharts {
  return new Map([...page.matchAll(/<figure class="chart" data-chart="([0-9a-f]{64})"><figcaption>[^<]*<\/figcaption><svg role="img" aria-label="[^"]*"(.*?<\/svg>)/gs)].map(([, key, rest]) => [key!, `<svg${rest!}`]))
}

/** A chart as a figure of the page, with what it shows in words. */
export async function chartFigure(chart: ReportChart, drawn: DrawnCharts, note?: Html): Promise<Html> {
  const key = hash(drawing, canonicalJson(chart.vegaLite))
  let svg: string
  try {
    svg = drawn.get(key) ?? (await renderChart(chart))
  } catch (error) {
    // A plugin's chart must not cost the page.
    return html`<figure class="chart"><figcaption>${chart.title}</figcaption><p class="blank">${messageOf(error)}</p></figure>`
  }
  // Vega escapes every text, and links are refused: what is left is drawing.
  const open = html`<svg role="img" aria-label="${chart.description}"`
  return html`<figure class="chart" data-chart="${key}"><figcaption>${chart.title}</figcaption>${trusted(svg.replace('<svg', () => open.text))}${note}</figure>`
}
