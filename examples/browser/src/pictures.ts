import { featuresOf, topK } from '@touchstone/core'
import { diverseTopK } from '@touchstone/lens'
import { arm, palette } from '@touchstone/report'

export type Shape = readonly [height: number, width: number, channels: number]

/** Which pixels of a map are marked: its k strongest, or k strong ones that stand apart by more than w. */
export type Marks = 'none' | 'top-k' | 'diverse'

export interface Marked {
  readonly pixels: Uint32Array
  /** Whether each has one of the other map's within its window. */
  readonly kept?: readonly boolean[]
}

/** The marked pixels of a map. */
export function marksOf(map: Float32Array, shape: Shape, marks: Marks, k: number, w: number): Uint32Array {
  const values = featuresOf({ shape, data: map }, 'sum-abs')
  if (marks === 'none') return new Uint32Array(0)
  return marks === 'top-k' ? topK(values, Math.min(k, values.length)).indices : diverseTopK({ height: shape[0], width: shape[1], values }, k, w)
}

/** Whether each pixel has one of `others` at most w rows and columns away. */
export function near(pixels: Uint32Array, others: Uint32Array, [height, width]: Shape, w: number): boolean[] {
  const windows = new Uint8Array(height * width)
  for (const other of others) {
    const [y, x] = [Math.floor(other / width), other % width]
    for (let row = Math.max(0, y - w); row <= Math.min(height - 1, y + w); row++) windows.fill(1, row * width + Math.max(0, x - w), row * width + Math.min(width - 1, x + w) + 1)
  }
  return Array.from(pixels, (pixel) => windows[pixel] === 1)
}

/** An input, in grey or colours. */
export function inputCanvas(input: Float32Array, shape: Shape, [low, high]: readonly [number, number], label: string): HTMLCanvasElement {
  const channels = shape[2]
  return canvas(shape, label, (pixel) => {
    const at = (channel: number): number => ((input[pixel * channels + Math.min(channel, channels - 1)]! - low) / (high - low)) * 255
    return [at(0), at(1), at(2)]
  })
}

/** A map, summed over channels: blue below 0, red above, white at 0, its own largest absolute value at the ends. */
export function mapCanvas(map: Float32Array, shape: Shape, label: string, marked?: Marked): { readonly canvas: HTMLCanvasElement; readonly limit: number } {
  const [height, width, channels] = shape
  const sums = Float64Array.from({ length: height * width }, (_, pixel) => map.subarray(pixel * channels, (pixel + 1) * channels).reduce((sum, value) => sum + value, 0))
  const limit = sums.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const drawn = canvas(shape, `${label}, from ${(-limit).toPrecision(2)} to ${limit.toPrecision(2)}`, (pixel) => palette[Number.isFinite(sums[pixel]!) ? arm + (limit === 0 ? 0 : Math.round((sums[pixel]! / limit) * arm)) : palette.length - 1]!, 8)
  if (marked) {
    const context = drawn.getContext('2d')!
    const size = drawn.width / width
    marked.pixels.forEach((pixel, index) => {
      context.fillStyle = marked.kept === undefined || marked.kept[index] ? '#17803d' : '#d97706'
      context.beginPath()
      context.arc((pixel % width + 0.5) * size, (Math.floor(pixel / width) + 0.5) * size, 0.24 * size, 0, 2 * Math.PI)
      context.fill()
    })
  }
  return { canvas: drawn, limit }
}

function canvas([height, width]: Shape, label: string, colour: (pixel: number) => readonly [number, number, number], fineness = 1): HTMLCanvasElement {
  const scale = width > 96 ? 1 : fineness
  const element = document.createElement('canvas')
  element.width = width * scale
  element.height = height * scale
  element.setAttribute('role', 'img')
  element.setAttribute('aria-label', label)
  const image = new ImageData(width, height)
  for (let pixel = 0; pixel < height * width; pixel++) image.data.set([...colour(pixel), 255], 4 * pixel)
  const context = element.getContext('2d')!
  if (scale === 1) {
    context.putImageData(image, 0, 0)
    return element
  }
  const small = new OffscreenCanvas(width, height)
  small.getContext('2d')!.putImageData(image, 0, 0)
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, element.width, element.height)
  return element
}
