import type { Results } from '@touchstone/evaluation'
import { distanceCharts } from './charts/distance-charts.js'
import type { ReportChart } from './charts/chart.js'
import { renderChart } from './charts/render.js'
import { sweepCharts } from './charts/sweep-chart.js'
import { standAlone } from './charts/theme.js'
import { exampleFigure } from './example-figure.js'
import { Findings } from './findings.js'
import type { ReportInput } from './report.js'
import { metricCharts } from './sections/metrics.js'
import { shownExamples } from './sections/shown-examples.js'

/** A figure of a report on its own, for a paper. */
export interface Figure {
  /** A name for a file, without its ending; no two figures of a report share one. */
  readonly name: string
  /** SVG with a white ground and written-out colours. */
  readonly svg: string
}

/**
 * Every figure of a report, one after the other: its charts, then the maps of each example that it shows.
 * @throws UserError where the chart of a plugin cannot be drawn.
 */
export async function* reportFigures({ results, inputs, maps, gallery }: ReportInput): AsyncGenerator<Figure> {
  const findings = new Findings(results)
  const nameOf = uniqueNames()
  for (const { metric, chart } of metricCharts(results, findings, gallery)) yield { name: nameOf(`${metric}-${chart.name}`), svg: await draw(chart) }
  const others = [...sweepCharts(results, findings), ...(gallery ? distanceCharts(gallery, findings) : []).flatMap(({ charts }) => charts)]
  for (const chart of others) yield { name: nameOf(chart.name), svg: await draw(chart) }
  for (const example of shown(results)) {
    const svg = exampleFigure(results, findings, { inputs, maps }, example)
    if (svg !== undefined) yield { name: nameOf(`maps-${example.id}`), svg }
  }
}

async function draw(chart: ReportChart): Promise<string> {
  return standAlone(await renderChart(chart))
}

function shown({ examples }: Results): Results['examples'] {
  return examples.slice(0, shownExamples)
}

/** Labels may hold what files may not: only letters, digits and hyphens stay, and a number tells apart what is then the same. */
function uniqueNames(): (name: string) => string {
  const taken = new Set<string>()
  return (name) => {
    const plain = name.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 100) || 'figure'
    let free = plain
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${plain}-${number}`
    taken.add(free.toLowerCase())
    return free
  }
}
