import type { Results } from '@touchstone/evaluation'
import { diverging } from './colours.js'
import type { Findings } from './findings.js'
import { html, type Html } from './html.js'
import { formatNumber } from './numbers.js'
import { indexedPng, inputPng, layoutOf, mapPicture, rowOf } from './picture.js'
import type { ReportInput } from './report.js'

const side = 112
const [gap, top, bar, rowGap] = [14, 34, 26, 16]

/** An example with the maps of every method, a row per model, as SVG; `undefined` where it is no picture or its input is not there. */
export function exampleFigure(results: Results, findings: Findings, { inputs, maps }: Pick<ReportInput, 'inputs' | 'maps'>, { id }: Results['examples'][number]): string | undefined {
  const layout = layoutOf(results.dataset.inputShape)
  const input = rowOf(inputs, results.examples.findIndex((one) => one.id === id))
  if (!layout || layout.strip || !input) return undefined
  const height = Math.round((side * layout.height) / layout.width)
  const { attributers: methods, models } = findings
  const rowHeight = height + bar + rowGap
  const [totalWidth, totalHeight] = [gap + (methods.length + 1) * (side + gap), top + models.length * rowHeight]
  const cell = (column: number, row: number) => ({ x: gap + column * (side + gap), y: top + row * rowHeight })
  const picture = (uri: string, x: number, y: number) => html`<image href="${uri}" x="${x}" y="${y}" width="${side}" height="${height}" preserveAspectRatio="none" image-rendering="optimizeSpeed"/><rect x="${x}" y="${y}" width="${side}" height="${height}" fill="none" stroke="#dddeda"/>`
  const text = (words: string, x: number, y: number, anchor = 'start', size = 11) => html`<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="#1f2327">${words}</text>`
  const rows = models.map((model, row) => {
    const found = findings.prediction(model, id)
    const { x, y } = cell(0, row)
    const first = html`${picture(inputPng(input.data, layout, results.dataset.range), x, y)}${text(found ? `${model}: ${found.prediction.predicted}` : `${model}: not evaluated`, x, y + height + 16, 'start', 10)}`
    const drawn = methods.map((method, column) => {
      const map = found && rowOf(maps.get(model)?.get(method), found.position)
      const at = cell(column + 1, row)
      if (!map) return html`<rect x="${at.x}" y="${at.y}" width="${side}" height="${height}" fill="none" stroke="#dddeda" stroke-dasharray="4 3"/>`
      const drawing = mapPicture(map.data, layout)
      const below = at.y + height + 5
      return html`${picture(indexedPng(drawing.indices, layout), at.x, at.y)}<rect x="${at.x}" y="${below}" width="${side}" height="5" fill="url(#scale)"/>${text(drawing.limit === 0 ? '0' : `−${formatNumber(drawing.limit)}`, at.x, below + 15, 'start', 9)}${text('0', at.x + side / 2, below + 15, 'middle', 9)}${text(drawing.limit === 0 ? '0' : `+${formatNumber(drawing.limit)}`, at.x + side, below + 15, 'end', 9)}`
    })
    return html`${first}${drawn}`
  })
  const heads: readonly Html[] = methods.map((method, column) => text(method, cell(column + 1, 0).x, top - 8))
  const stops = Array.from({ length: 17 }, (_, index) => html`<stop offset="${index / 16}" stop-color="rgb(${diverging(index / 8 - 1).join(',')})"/>`)
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${totalWidth}" height="${totalHeight}" viewBox="0 0 ${totalWidth} ${totalHeight}" font-family="Helvetica, Arial, Liberation Sans, sans-serif">
<defs><linearGradient id="scale">${stops}</linearGradient></defs><rect width="${totalWidth}" height="${totalHeight}" fill="#fff"/>${text(id, gap, top - 8)}${heads}${rows}</svg>
`.text
}
