import { quantile, type Rows } from '@touchstone/core'
import { encode } from 'fast-png'
import { arm, palette } from './colours.js'

/** How values are laid out as a picture. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly channels: number
  /** A list of numbers, drawn as a strip of one row. */
  readonly strip: boolean
}

/** `[n]`, `[height, width]` and `[height, width, channels]` can be drawn; `undefined` for anything else. */
export function layoutOf(shape: readonly number[]): Layout | undefined {
  if (shape.length < 1 || shape.length > 3 || shape.some((length) => !(length >= 1))) return undefined
  const [height, width, channels] = shape.length === 1 ? [1, shape[0]!, 1] : [shape[0]!, shape[1]!, shape[2] ?? 1]
  return { width, height, channels, strip: shape.length === 1 }
}

/** Row `index`, or `undefined` where the rows end before it. */
export function rowOf(rows: Rows | undefined, index: number): { readonly shape: readonly number[]; readonly data: Float32Array } | undefined {
  if (!rows) return undefined
  const shape = rows.shape.slice(1)
  const size = shape.reduce((product, length) => product * length, 1)
  const data = rows.data.subarray(index * size, (index + 1) * size)
  return index < (rows.shape[0] ?? 0) && data.length === size ? { shape, data } : undefined
}

/** An input as greyscale, or in colours where it has three channels. Other numbers of channels are averaged. */
export function inputPng(values: Float32Array, layout: Layout, range: { readonly low: number; readonly high: number }): string {
  const { width, height, channels } = layout
  const shown = channels === 3 ? 3 : 1
  const scale = 255 / (range.high - range.low || 1)
  const pixels = new Uint8ClampedArray(width * height * shown)
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (shown === 3) for (let channel = 0; channel < 3; channel++) pixels[3 * pixel + channel] = (values[3 * pixel + channel]! - range.low) * scale
    else pixels[pixel] = (sumAt(values, pixel, channels) / channels - range.low) * scale
  }
  return dataUri(encode({ width, height, channels: shown, depth: 8, data: pixels }, { zlib: { level: 9 } }))
}

/** A map as it is drawn, and what is to be said of it. */
export interface MapPicture {
  /** Its palette entries, row-major. */
  readonly indices: Uint8Array
  /** The ends of the colour scale: the largest absolute value, unless another was given. 0 for a map of zeros. */
  readonly limit: number
  /** 99 % of absolute values are at most this. */
  readonly high99: number
  readonly low: number
  readonly high: number
  /** The pixel of the largest absolute value. */
  readonly strongest: { readonly row: number; readonly column: number }
  /** How many pixels have no finite value. */
  readonly notFinite: number
  readonly pixels: number
}

/** A map, summed over channels, on the diverging scale from minus to plus its own largest absolute value, or `end` where that is given. */
export function mapPicture(values: Float32Array, { width, height, channels }: Layout, end?: number): MapPicture {
  const sums = new Float64Array(width * height)
  const sizes = new Float64Array(sums.length)
  let finite = 0
  let [low, high] = [Infinity, -Infinity]
  for (let pixel = 0; pixel < sums.length; pixel++) {
    const sum = sumAt(values, pixel, channels)
    sums[pixel] = sum
    if (!Number.isFinite(sum)) continue
    sizes[finite++] = Math.abs(sum)
    if (sum < low) low = sum
    if (sum > high) high = sum
  }
  const limit = end ?? (finite === 0 ? 0 : Math.max(-low, high))
  const strongest = Math.max(0, sums.indexOf(high >= -low ? high : low))
  const indices = new Uint8Array(sums.length)
  const gain = limit === 0 ? 0 : arm / limit
  for (let pixel = 0; pixel < sums.length; pixel++) {
    const sum = sums[pixel]!
    indices[pixel] = Number.isFinite(sum) ? arm + Math.max(-arm, Math.min(arm, Math.round(sum * gain))) : palette.length - 1
  }
  return {
    indices,
    limit,
    high99: finite === 0 ? 0 : quantile(sizes.subarray(0, finite).sort(), 0.99),
    low,
    high,
    strongest: { row: Math.floor(strongest / width), column: strongest % width },
    notFinite: sums.length - finite,
    pixels: sums.length,
  }
}

/** Palette entries as a picture. */
export function indexedPng(indices: Uint8Array, { width, height }: Layout): string {
  return dataUri(encode({ width, height, channels: 1, depth: 8, data: indices, palette: palette.map((colour) => [...colour]) }, { zlib: { level: 9 } }))
}

/** The largest absolute value of maps, summed over channels; 0 where none is finite. */
export function largestOf(maps: readonly Float32Array[], { width, height, channels }: Layout): number {
  let largest = 0
  for (const values of maps) {
    for (let pixel = 0; pixel < width * height; pixel++) {
      const size = Math.abs(sumAt(values, pixel, channels))
      if (Number.isFinite(size)) largest = Math.max(largest, size)
    }
  }
  return largest
}

function sumAt(values: Float32Array, pixel: number, channels: number): number {
  let sum = 0
  for (let channel = 0; channel < channels; channel++) sum += values[pixel * channels + channel]!
  return sum
}

function dataUri(png: Uint8Array): string {
  let text = ''
  for (let start = 0; start < png.length; start += 0x8000) text += String.fromCharCode(...png.subarray(start, start + 0x8000))
  return `data:image/png;base64,${btoa(text)}`
}
