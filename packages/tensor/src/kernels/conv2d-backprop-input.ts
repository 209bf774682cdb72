import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { convolutionGeometry, explicitPads } from './convolution.js'
import type { ConvolutionAttrs, Geometry } from './convolution.js'
import { derived } from './derived.js'
import { addressOf, allocate, floats, release } from './heap.js'
import { defineKernel } from './kernel.js'
import type { StockKernels, WasmBackend } from './kernel.js'
import { transposeInto } from './transpose.js'

interface Inputs { readonly dy: TensorInfo, readonly filter: TensorInfo }
interface Attrs extends ConvolutionAttrs { readonly inputShape: [number, number, number, number] }

/** Images of so few channels have their gradient collected from products. */
const fewChannels = 4

/** About how many pixels of `dy` are multiplied at once. */
const pixelsAtOnce = 512

/**
 * The gradient of a convolution with respect to its input, which is the transposed convolution: `dy` `[rows, outHeight, outWidth, outputs]`,
 * `filter` `[height, width, channels, outputs]`, result of `inputShape`.
 *
 * tfjs's own kernel is a naive loop, 10 to 20 times slower than its convolution. Here the convolution does the work. The pixels of the input
 * fall into `stride x stride` phases, according to where they lie between two steps of the filter. A phase meets only every stride-th tap of the
 * filter, so its gradient is an ordinary convolution of `dy` with those taps, turned round. With stride 1 there is one phase: the whole input.
 *
 * A convolution works out eight channels of its result at once. An image of few channels would leave most of them empty, so there `dy` is
 * multiplied with the transposed filter, and the products are collected where they belong.
 */
export const conv2DBackpropInput = defineKernel<Inputs, Attrs>('Conv2DBackpropInput', (stock) => {
  const convolvePhase = phaseConvolution(stock)
  return (backend, { dy, filter }, attrs) => {
    const geometry = convolutionGeometry(attrs.inputShape, filter.shape, { ...attrs, dilations: 1 }, false)
    if (geometry.inChannels <= fewChannels) return collected(backend, dy, filter, geometry)
    const vertical = phasesOf(verticalAxis(geometry))
    const horizontal = phasesOf(horizontalAxis(geometry))
    const [first] = vertical
    const [second] = horizontal
    const single = geometry.strideHeight === 1 && geometry.strideWidth === 1
    if (single && first !== undefined && second !== undefined) return convolvePhase(backend, dy, filter, first, second)

    const dx = allocate(backend, attrs.inputShape)
    floats(backend, dx).fill(0)
    for (const row of vertical) {
      for (const column of horizontal) {
        const values = convolvePhase(backend, dy, filter, row, column)
        const [rows, height, width, channels] = values.shape as [number, number, number, number]
        simd(backend).scatterPixels(
          addressOf(backend, values), addressOf(backend, dx), rows, height, width, channels, geometry.inHeight, geometry.inWidth,
          row.first, column.first, geometry.strideHeight, geometry.strideWidth,
        )
        release(backend, values)
      }
    }
    return dx
  }
})

/** The gradient, as products of `dy` and filter, each added to the pixel that it belongs to, in the order of the pixels of `dy`. */
function collected(backend: WasmBackend, dy: TensorInfo, filter: TensorInfo, geometry: Geometry): TensorInfo {
  const { collectPixels, multiply, multiplyScratchBytes } = simd(backend)
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
  const lines = batchSize * outHeight
  const linesAtOnce = Math.max(1, Math.min(lines, Math.round(pixelsAtOnce / Math.max(1, outWidth))))
  const weights = filterHeight * filterWidth * inChannels
  const dx = allocate(backend, [batchSize, inHeight, inWidth, inChannels])
  const products = allocate(backend, [linesAtOnce * outWidth, weights])
  const scratch = allocate(backend, [multiplyScratchBytes.value / Float32Array.BYTES_PER_ELEMENT])
  floats(backend, dx).fill(0)
  for (let line = 0; line < lines; line += linesAtOnce) {
    const count = Math.min(linesAtOnce, lines - line)
    const from = addressOf(backend, dy) + line * outWidth * outChannels * Float32Array.BYTES_PER_ELEMENT
    const to = addressOf(backend, products)
    multiply(from, false, addressOf(backend, filter), true, to, count * outWidth, outChannels, weights, false, addressOf(backend, scratch))
    collectPixels(
      to, addressOf(backend, dx), line, count, inHeight, inWidth, inChannels, outHeight, outWidth,
      filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left,
    )
  }
  release(backend, products, scratch)
  return dx
}

/** One axis of a convolution. */
interface Axis {
  readonly inputs: number
  readonly outputs: number
  readonly taps: number
  readonly stride: number
  readonly padBefore: number
}

function verticalAxis({ inHeight, outHeight, filterHeight, strideHeight, padInfo }: Geometry): Axis {
  return { inputs: inHeight, outputs: outHeight, taps: filterHeight, stride: strideHeight, padBefore: padInfo.top }
}

function horizontalAxis({ inWidth, outWidth, filterWidth, strideWidth, padInfo }: Geometry): Axis {
  return { inputs: inWidth, outputs: outWidth, taps: filterWidth, stride: strideWidth, padBefore: padInfo.left }
}

/** The pixels `first`, `first + stride`, ... of one axis, whose gradient is a convolution of part of `dy`, padded, with some of the taps. */
interface Phase {
  /** The phase's first pixel. */
  readonly first: number
  /** Its taps in the order of the convolution, which is from the last to the first. */
  readonly taps: readonly number[]
  /** The part of `dy` that it reads: from where, and how many. */
  readonly from: number
  readonly count: number
  /** Zeros before and after that part. */
  readonly padBefore: number
  readonly padAfter: number
}

/** The phases of an axis that get any gradient at all. */
function phasesOf({ inputs, outputs, taps, stride, padBefore }: Axis): Phase[] {
  const phases: Phase[] = []
  for (let first = 0; first < Math.min(stride, inputs); first++) {
    const firstTap = (first + padBefore) % stride
    if (firstTap >= taps) continue
    const tapCount = Math.ceil((taps - firstTap) / stride)
    const pixelCount = Math.ceil((inputs - first) / stride)
    // Pixel q of the phase reads, through its tap t, dy[q + lead - t].
    const lead = Math.floor((first + padBefore) / stride)
    const before = tapCount - 1 - lead
    const after = pixelCount + lead - outputs
    const from = Math.max(0, -before)
    const count = outputs - from - Math.max(0, -after)
    if (count <= 0) continue
    phases.push({
      first, from, count, padBefore: Math.max(0, before), padAfter: Math.max(0, after),
      taps: Array.from({ length: tapCount }, (_, t) => firstTap + stride * (tapCount - 1 - t)),
    })
  }
  return phases
}

/** The gradient at the pixels of one phase, `[rows, phase height, phase width, channels]`. */
function phaseConvolution(stock: StockKernels) {
  const convolve = stock('Conv2D')
  const slice = stock('Slice')
  return (backend: WasmBackend, dy: TensorInfo, filter: TensorInfo, row: Phase, column: Phase): TensorInfo => {
    const taps = derived(backend, filter, `taps ${row.taps.join()} by ${column.taps.join()}`, () => turnedTaps(backend, filter, row.taps, column.taps))
    const [rows, height, width, outputs] = dy.shape as [number, number, number, number]
    const whole = row.count === height && column.count === width
    const x = whole ? dy : slice(backend, { x: dy }, { begin: [0, row.from, column.from, 0], size: [rows, row.count, column.count, outputs] })
    const values = convolve(backend, { x, filter: taps }, {
      strides: [1, 1], dilations: [1, 1], dataFormat: 'NHWC', pad: explicitPads(row.padBefore, row.padAfter, column.padBefore, column.padAfter),
    })
    if (!whole) release(backend, x)
    return values
  }
}

/** Taps of a filter in the given order, with inputs and outputs exchanged: `[rowTaps, columnTaps, outputs, channels]`. */
function turnedTaps(backend: WasmBackend, filter: TensorInfo, rowTaps: readonly number[], columnTaps: readonly number[]): TensorInfo {
  const [, filterWidth, channels, outputs] = filter.shape as [number, number, number, number]
  const result = allocate(backend, [rowTaps.length, columnTaps.length, outputs, channels])
  const from = floats(backend, filter)
  const to = floats(backend, result)
  const size = channels * outputs
  let target = 0
  for (const rowTap of rowTaps) {
    for (const columnTap of columnTaps) {
      transposeInto(from, (rowTap * filterWidth + columnTap) * size, channels, outputs, to, target)
      target += size
    }
  }
  return result
}
