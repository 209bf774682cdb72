import type { Results } from '@touchstone/evaluation'

// Colours that stay apart for people who see fewer of them.
const colours = { well: '#0072b2', bad: '#d55e00' }
const [nameWidth, width, line, top, gap, columns] = [150, 210, 20, 44, 30, 3]

/** Figures 7 to 9 of the paper: for each metric the methods, sorted by the well trained model, the best above, with means and 95 % intervals on both models. */
export function figure(title: string, { summary }: Results, metrics: readonly string[]): string {
  const models = ['well 1', 'bad 1'] as const
  const mostMethods = Math.max(...metrics.map((metric) => new Set(summary.filter((row) => row.metric === metric).map(({ attributer }) => attributer)).size))
  const rowHeight = mostMethods * line + 56
  const panels = metrics.map((metric, panel) => {
    const rowsOf = (model: string) => summary.filter((row) => row.metric === metric && row.model === model && row.mean !== null)
    const order = [...rowsOf(models[0])].sort((a, b) => (a.mean! - b.mean!) * (a.direction === 'lower' ? 1 : -1)).map(({ attributer }) => attributer)
    const all = models.flatMap(rowsOf).flatMap(({ mean, ciLow, ciHigh }) => [mean!, ciLow ?? mean!, ciHigh ?? mean!])
    const [least, most] = [Math.min(0, ...all), Math.max(...all)]
    const left = (panel % columns) * (nameWidth + width + gap)
    const above = top + Math.floor(panel / columns) * rowHeight
    const at = (value: number): string => (left + nameWidth + ((value - least) / (most - least || 1)) * width).toFixed(1)
    const bottom = above + order.length * line
    return [
      `<text x="${left + nameWidth + width / 2}" y="${above - 10}" text-anchor="middle" font-weight="bold">${metric}</text>`,
      ...[least, most].map((value) => `<path d="M${at(value)} ${above}V${bottom}" stroke="#ddd"/><text x="${at(value)}" y="${bottom + 14}" text-anchor="middle">${Number(value.toPrecision(2))}</text>`),
      ...order.map((method, i) => `<text x="${left + nameWidth - 8}" y="${above + i * line + 14}" text-anchor="end">${method}</text>`),
      ...models.flatMap((model, shift) =>
        rowsOf(model).map(({ attributer, mean, ciLow, ciHigh }) => {
          const y = above + order.indexOf(attributer) * line + 7 + 6 * shift
          const colour = model.startsWith('well') ? colours.well : colours.bad
          return `<path d="M${at(ciLow ?? mean!)} ${y}H${at(ciHigh ?? mean!)}" stroke="${colour}" stroke-width="2"/><circle cx="${at(mean!)}" cy="${y}" r="3" fill="${colour}"/>`
        }),
      ),
    ].join('\n')
  })
  const [totalWidth, height] = [Math.min(columns, metrics.length) * (nameWidth + width + gap), top + Math.ceil(metrics.length / columns) * rowHeight + 20]
  const legend = Object.entries(colours).map(([name, colour], i) => `<circle cx="${20 + i * 130}" cy="${height - 14}" r="4" fill="${colour}"/><text x="${30 + i * 130}" y="${height - 10}">${name === 'well' ? 'well' : 'badly'} trained</text>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${totalWidth} ${height}" width="${totalWidth}" font-family="sans-serif" font-size="12" role="img" aria-label="${title}">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="16">${title}</text>
${[...panels, ...legend].join('\n')}
</svg>
`
}
