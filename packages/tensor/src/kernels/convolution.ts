import { backend_util } from '#tfjs/core'

/** Sizes, strides and pads of a convolution or pooling of images `[rows, height, width, channels]`, as tfjs works them out. */
export type Geometry = backend_util.Conv2DInfo

type Pair = number | [number, number]

/** The attributes of tfjs's convolution kernels that settle the geometry. */
export interface ConvolutionAttrs {
  readonly strides: Pair
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dilations?: Pair | null
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * The geometry of a convolution.
 *
 * @param inputShape - `[rows, height, width, channels]`
 * @param filterShape - `[height, width, channels, outputs or, depthwise, outputs per channel]`
 */
export function convolutionGeometry(
  inputShape: readonly number[], filterShape: readonly number[], attrs: ConvolutionAttrs, depthwise: boolean,
): Geometry {
  const geometry = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number], filterShape as [number, number, number, number], attrs.strides, attrs.dilations ?? 1,
    attrs.pad, attrs.dimRoundingMode, depthwise, backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC'),
  )
  if (geometry.dataFormat !== 'channelsLast') throw new Error('The wasm backend convolves images in NHWC format only')
  return geometry
}

/** Pads in the form in which a convolution takes them one by one. */
export function explicitPads(top: number, bottom: number, left: number, right: number): backend_util.ExplicitPadding {
  return [[0, 0], [top, bottom], [left, right], [0, 0]]
}

/** The geometry of a depthwise convolution as the kernels in `assembly` take it. */
export function dilatedWindows(geometry: Geometry) {
  return [
    geometry.batchSize, geometry.inHeight, geometry.inWidth, geometry.inChannels, geometry.outHeight, geometry.outWidth,
    geometry.filterHeight, geometry.filterWidth, geometry.strideHeight, geometry.strideWidth, geometry.dilationHeight, geometry.dilationWidth,
    geometry.padInfo.top, geometry.padInfo.left,
  ] as const
}

/** Whether each output pixel meets just its own input pixel, so that a convolution is a product of matrices. */
export function isPlain({ filterHeight, filterWidth, strideHeight, strideWidth, padInfo }: Geometry): boolean {
  return filterHeight * filterWidth * strideHeight * strideWidth === 1 && padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0
}
