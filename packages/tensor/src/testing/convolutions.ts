import { backend_util, conv2d } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'

export type Padding = 'same' | 'valid' | number
type Shape = readonly [number, number, number, number]

/** A convolution to try. */
export interface ConvolutionCase {
  readonly name: string
  readonly x: Shape
  readonly filter: Shape
  readonly strides: number
  readonly pad: Padding
}

/** `conv2d` with what tfjs asks for beside numeric padding. */
export function convolve(x: Tensor4D, filter: Tensor4D, strides: number, pad: Padding): Tensor4D {
  return conv2d(x, filter, strides, pad, 'NHWC', 1, typeof pad === 'number' ? 'floor' : undefined)
}

/** The shape of a convolution's result. */
export function outputShape(x: Shape, filter: Shape, strides: number, pad: Padding): Shape {
  return backend_util.computeConv2DInfo([...x], [...filter], strides, 1, pad, typeof pad === 'number' ? 'floor' : undefined).outShape
}

/** Filters smaller and larger than their strides, images that strides do and do not divide, few and many channels. */
export const convolutionCases: readonly ConvolutionCase[] = [1, 2, 3, 5].flatMap((size) =>
  [1, 2, 3, 4].flatMap((strides) => (['same', 'valid', 2] as const).filter((pad) => pad !== 2 || size > 2).map((pad): ConvolutionCase => {
    // Not every combination with every number of channels: they matter to other parts of the kernels.
    const [channels, outputs] = ([[1, 8], [3, 17], [17, 5], [33, 16]] as const)[(size + strides) % 4]!
    const [height, width] = size % 2 === 0 ? [8, 7] : [7, 7]
    const name = `filter ${size}, stride ${strides}, ${pad}, ${channels} to ${outputs}`
    return { name, x: [2, height, width, channels], filter: [size, size, channels, outputs], strides, pad }
  })))
