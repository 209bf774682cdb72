/** A curve with an interval at each of its points. */
export interface Curve {
  readonly name: string
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[]
}

// Colours that stay apart for people who see fewer of them, and each curve has a dash of its own.
const colours = ['#0072b2', '#d55e00', '#009e73']
const dashes = ['', '6 3', '2 3']
const [width, height, left, top, gap] = [220, 180, 44, 28, 24]

/** Panels of curves side by side over one scale from 0 to 1, as SVG. */
export function curves(panels: readonly { readonly title: string; readonly curves: readonly Curve[] }[], labels: { readonly x: string; readonly y: string }): string {
  const most = Math.max(...panels.flatMap((panel) => panel.curves.flatMap(({ points }) => points.map(({ x }) => x))))
  const total = left + panels.length * (width + gap)
  const at = (panel: number, x: number, y: number) => `${(left + panel * (width + gap) + (x / most) * width).toFixed(1)} ${(top + (1 - y) * height).toFixed(1)}`
  const drawn = panels.flatMap(({ title, curves: list }, panel) => [
    `<text x="${left + panel * (width + gap) + width / 2}" y="16" text-anchor="middle" font-weight="bold">${title}</text>`,
    ...[0, 0.5, 1].map((y) => `<path d="M${at(panel, 0, y)}L${at(panel, most, y)}" stroke="#ddd"/>`),
    ...[0, most / 2, most].map((x) => `<text x="${at(panel, x, 0).split(' ')[0]!}" y="${top + height + 16}" text-anchor="middle">${Number(x.toPrecision(3))}</text>`),
    ...list.flatMap(({ points }, i) => [
      ...points.map(({ x, low, high }) => `<path d="M${at(panel, x, low)}L${at(panel, x, high)}" stroke="${colours[i]!}" stroke-width="1"/>`),
      `<path d="M${points.map(({ x, y }) => at(panel, x, y)).join('L')}" fill="none" stroke="${colours[i]!}" stroke-width="2" stroke-dasharray="${dashes[i]!}"/>`,
    ]),
  ])
  const legend = (panels[0]?.curves ?? []).map(({ name }, i) => `<path d="M${left + i * 170} ${top + height + 50}h28" stroke="${colours[i]!}" stroke-width="2" stroke-dasharray="${dashes[i]!}"/><text x="${left + i * 170 + 34}" y="${top + height + 54}">${name}</text>`)
  const axes = [0, 0.5, 1].map((y) => `<text x="${left - 6}" y="${top + (1 - y) * height + 4}" text-anchor="end">${y}</text>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${top + height + 66}" width="${total}" font-family="sans-serif" font-size="12" role="img" aria-label="${labels.y} over ${labels.x}">
<rect width="100%" height="100%" fill="#fff"/>
${[...axes, ...drawn, `<text x="${left + (total - left) / 2}" y="${top + height + 32}" text-anchor="middle">${labels.x}; ${labels.y}, with 95 % intervals</text>`, ...legend].join('\n')}
</svg>
`
}
