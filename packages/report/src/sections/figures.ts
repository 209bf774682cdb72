import { html, type Html } from '../html.js'
import { formatCount, formatNumber } from '../numbers.js'
import { indexedPng, inputPng, layoutOf, mapPicture, type Layout, type MapPicture } from '../picture.js'

type Row = { readonly shape: readonly number[]; readonly data: Float32Array } | undefined

/** The longer side of a picture, in CSS pixels. */
const longest = 168

/** What a colour bar and scores need at least. */
const narrowest = 152

/** An original input with its label. */
export function inputFigure(row: Row, range: { readonly low: number; readonly high: number }, example: string, label: string, what = 'Input'): Html {
  const layout = row && layoutOf(row.shape)
  const picture =
    row && layout ? image(html` src="${inputPng(row.data, layout, range)}"`, layout, `${what} of example ${example}, ${sizeWords(layout)}, ${label}`) : html`<p class="blank">${row ? undrawable(row.shape) : 'no input was given'}</p>`
  return html`<figure class="input">${picture}<figcaption>${what}, ${label}</figcaption></figure>`
}

/** What a map is of. */
export interface MapWords {
  readonly attributer: string
  readonly model: string
  readonly example: string
  readonly target: number
  /** As in `Map`, which it is unless told. */
  readonly what?: string
  /** The method, unless told. */
  readonly caption?: string
  /** The ends of the colour scale: the map's own largest absolute value, unless told. */
  readonly end?: number
}

/** A map with its colour bar, and what stands below it. */
export function mapFigure(row: Row, about: MapWords, below: Html, store: 'png' | 'steps' = 'png'): Html {
  const layout = row && layoutOf(row.shape)
  if (!row || !layout) return figure(about.caption ?? about.attributer, html`<p class="blank">${row ? undrawable(row.shape) : 'no map was given'}</p>`, below)
  const map = mapPicture(row.data, layout, about.end)
  const alt = `${about.what ?? 'Map'} of ${about.attributer} for example ${about.example}, model ${about.model}, class ${about.target}: ${mapWords(map, layout)}`
  const data = html` data-limit="${map.limit}" data-high="${map.high99}" data-method="${about.attributer}"`
  const source = store === 'png' ? html` src="${indexedPng(map.indices, layout)}"` : html` data-steps="${letters(map.indices)}" data-columns="${layout.width}"`
  return figure(about.caption ?? about.attributer, html`${image(html`${source}${data}`, layout, alt)}${colourBar(map)}${notes(map)}`, below, layout.strip ? longest : Math.max(sizeOnPage(layout).width, narrowest))
}

function figure(attributer: string, picture: Html, below: Html, width = longest): Html {
  return html`<figure class="map" style="max-width:${width}px"><figcaption>${attributer}</figcaption>${picture}${below}</figure>`
}

function image(source: Html, layout: Layout, alt: string): Html {
  const sharp = Math.max(layout.width, layout.height) <= longest ? 'sharp' : 'smooth'
  if (layout.strip) return html`<img class="strip ${sharp}"${source} alt="${alt}">`
  const { width, height } = sizeOnPage(layout)
  return html`<img class="${sharp}"${source} width="${width}" height="${height}" alt="${alt}">`
}

/** Small pictures grow by whole factors, so that their pixels stay square; large ones shrink. */
export function sizeOnPage({ width, height }: Layout): { readonly width: number; readonly height: number } {
  const side = Math.max(width, height)
  const factor = side <= longest ? Math.floor(longest / side) : longest / side
  const size = (length: number) => Math.max(1, Math.round(length * factor))
  return { width: size(width), height: size(height) }
}

/** A letter for each palette entry, which the page draws. */
function letters(indices: Uint8Array): string {
  let text = ''
  for (let from = 0; from < indices.length; from += 0x8000) text += String.fromCharCode(...indices.subarray(from, from + 0x8000))
  return btoa(text)
}

function colourBar({ limit }: MapPicture): Html {
  const end = formatNumber(limit)
  return html`<div class="bar"><div class="colours"></div><div class="ends"><span>${limit === 0 ? '' : `−${end}`}</span><span>0</span><span>${limit === 0 ? '' : `+${end}`}</span></div></div>`
}

function notes({ limit, notFinite, pixels }: MapPicture): Html | undefined {
  if (notFinite === pixels) return html`<p class="none">no value is finite: drawn black</p>`
  const zero = limit === 0 ? html`<p class="none">every ${notFinite > 0 ? 'finite ' : ''}value is 0</p>` : undefined
  return notFinite > 0 ? html`${zero}<p class="none">${formatCount(notFinite)} of ${formatCount(pixels)} values not finite: drawn black</p>` : zero
}

function mapWords({ limit, low, high, strongest, notFinite, pixels }: MapPicture, { strip }: Layout): string {
  if (notFinite === pixels) return 'no value is finite'
  const rest = notFinite > 0 ? `, ${notFinite} of ${pixels} not finite` : ''
  if (limit === 0) return `every value is 0${rest}`
  const place = strip ? `position ${strongest.column + 1}` : `row ${strongest.row + 1}, column ${strongest.column + 1}`
  return `values from ${formatNumber(low)} to ${formatNumber(high)}, strongest at ${place}${rest}`
}

function sizeWords({ width, height, strip }: Layout): string {
  return strip ? `${width} values` : `${width} by ${height} pixels`
}

function undrawable(shape: readonly number[]): string {
  return `cannot be drawn: its shape is [${shape.join(', ')}]`
}
