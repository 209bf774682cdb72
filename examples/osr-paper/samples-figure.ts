import { picture } from '../osr-figures/drawing.js'
import type { Neighbourhoods } from './neighbourhoods.js'

const svg = (title: string, width: number, height: number, parts: readonly string[]): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="sans-serif" font-size="12" role="img" aria-label="${title}">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="16" font-weight="bold">${title}</text>
${parts.join('\n')}
</svg>
`

/** Figures 1 and 2 of the paper: how far accepted neighbours lie from their inputs, and their logits from those of their inputs; by sampler. */
export function histogramFigure(title: string, found: Neighbourhoods): string {
  const kinds = [['l2', ({ l2 }) => l2], ['largest change', ({ linf }) => linf], ['difference of the logit', ({ logitDistance }) => logitDistance]] as const satisfies readonly (readonly [string, (one: Neighbourhoods[string][number][number]) => number])[]
  const [name, width, row, left] = [150, 200, 46, 160]
  const samplers = Object.entries(found)
  const parts = kinds.flatMap(([kind, of], column) => {
    const all = samplers.map(([, inputs]) => inputs.flat().filter(({ accepted }) => accepted).map(of))
    const most = Math.max(...all.flat())
    const least = Math.min(0, ...all.flat())
    const x = left + column * (width + 30)
    return [
      `<text x="${x + width / 2}" y="36" text-anchor="middle">${kind}</text>`,
      ...all.map((values, at) => bars(values, [least, most], x, 44 + at * row, width, row - 8)),
      `<text x="${x}" y="${44 + samplers.length * row + 10}">${Number(least.toPrecision(2))}</text><text x="${x + width}" y="${44 + samplers.length * row + 10}" text-anchor="end">${Number(most.toPrecision(2))}</text>`,
    ]
  })
  const names = samplers.map(([sampler], at) => `<text x="${name}" y="${44 + at * row + row / 2}" text-anchor="end">${sampler}</text>`)
  return svg(title, left + kinds.length * (width + 30), 44 + samplers.length * row + 22, [...names, ...parts])
}

function bars(values: readonly number[], [low, high]: readonly [number, number], x: number, y: number, width: number, height: number): string {
  const parts = 40
  const counts = new Array<number>(parts).fill(0)
  for (const value of values) counts[Math.min(parts - 1, Math.floor(((value - low) / (high - low || 1)) * parts))]! += 1
  const most = Math.max(1, ...counts)
  const outline = counts.map((count, i) => `H${(x + (i * width) / parts).toFixed(1)}V${(y + height * (1 - count / most)).toFixed(1)}H${(x + ((i + 1) * width) / parts).toFixed(1)}`).join('')
  return `<path d="M${x} ${y + height}${outline}V${y + height}Z" fill="#0072b2"/>`
}

/** Figures 4 to 6 of the paper: rows of square pictures, the first of each framed. */
export function gridFigure(title: string, rows: readonly (readonly Float32Array[])[], shape: readonly number[]): string {
  const [shown, gap, top] = [64, 3, 26]
  const columns = Math.max(...rows.map((row) => row.length))
  const parts = rows.flatMap((row, y) =>
    row.map((values, x) => {
      const [px, py] = [6 + x * (shown + gap) + (x > 0 ? 8 : 0), top + y * (shown + gap)]
      const { data, side } = smaller(values, shape[0]!, shown)
      return `<image x="${px}" y="${py}" width="${shown}" height="${shown}" style="image-rendering:pixelated" href="${picture(data, side)}"/>${x === 0 ? `<rect x="${px}" y="${py}" width="${shown}" height="${shown}" fill="none" stroke="#c33" stroke-width="2"/>` : ''}`
    }),
  )
  return svg(title, 20 + columns * (shown + gap), top + rows.length * (shown + gap) + 4, parts)
}

/** A picture of at most so many values a side, by means over squares. */
function smaller(values: Float32Array, side: number, most: number): { readonly data: Float32Array; readonly side: number } {
  const by = Math.ceil(side / most)
  const to = Math.floor(side / by)
  const channels = values.length / side ** 2
  const data = new Float32Array(to * to * channels)
  for (let y = 0; y < to * by; y++) for (let x = 0; x < to * by; x++) for (let c = 0; c < channels; c++) data[(Math.floor(y / by) * to + Math.floor(x / by)) * channels + c]! += values[(y * side + x) * channels + c]! / by ** 2
  return { data, side: to }
}
