import type { GalleryMarks } from '@touchstone/evaluation'
import { html, type Html } from '../html.js'
import { inputPng, layoutOf } from '../picture.js'
import { sizeOnPage } from './figures.js'

/** The pixels of a map that a metric looks at, with their windows, drawn on the input; beside them those of a neighbour's map. */
export function marksFigure(marks: GalleryMarks, input: { readonly shape: readonly number[]; readonly data: Float32Array } | undefined, range: { readonly low: number; readonly high: number }, of: string): Html {
  const layout = input && layoutOf(input.shape)
  if (!layout || layout.strip) return html`<figure class="map"><figcaption>${marks.attributer}</figcaption><p class="blank">${input ? 'drawn for pictures alone' : 'no input was given'}</p></figure>`
  const { width, height } = layout
  const own = new Set(marks.pixels)
  const other = marks.neighbours[0]?.pixels ?? []
  const inWindow = windowed(marks.pixels, marks.radius, width, height)
  const hits = other.filter((pixel) => inWindow.has(pixel))
  const misses = other.filter((pixel) => !inWindow.has(pixel))
  const size = sizeOnPage(layout)
  const alt = `${marks.metric} of ${marks.attributer} on ${of}: ${own.size} pixels with windows of radius ${marks.radius}${other.length > 0 ? `; of ${other.length} pixels of a neighbour's map ${hits.length} lie in a window` : ''}`
  return html`<figure class="map" style="max-width:${size.width}px"><figcaption>${marks.attributer}</figcaption>
<svg class="marked" viewBox="0 0 ${width} ${height}" width="${size.width}" height="${size.height}" role="img" aria-label="${alt}"><image href="${inputPng(input.data, layout, range)}" width="${width}" height="${height}" opacity="0.3"/>
<path class="window" d="${squares([...inWindow], width, 0)}"/><path class="own" d="${squares(marks.pixels, width, 0)}"/><path class="hit" d="${squares(hits, width, 0.28)}"/><path class="miss" d="${squares(misses, width, 0.28)}"/></svg>
<p class="note">${own.size} pixels, radius ${marks.radius}${other.length > 0 ? html`; the neighbour’s: ${hits.length} of ${other.length} in a window` : undefined}</p></figure>`
}

/** Every pixel that lies in the window of one of `pixels`, within the picture. */
function windowed(pixels: readonly number[], radius: number, width: number, height: number): ReadonlySet<number> {
  const inside = new Set<number>()
  for (const pixel of pixels) {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++)
      for (let column = Math.max(0, x - radius); column <= Math.min(width - 1, x + radius); column++) inside.add(row * width + column)
  }
  return inside
}

/** A square on each pixel, smaller by `margin` on every side. */
function squares(pixels: readonly number[], width: number, margin: number): string {
  const side = Math.round(100 * (1 - 2 * margin)) / 100
  return pixels.map((pixel) => `M${(pixel % width) + margin} ${Math.floor(pixel / width) + margin}h${side}v${side}h-${side}z`).join('')
}
