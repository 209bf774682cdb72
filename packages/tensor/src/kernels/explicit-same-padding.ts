import type { TensorInfo } from '@tensorflow/tfjs-core'
import { convolutionGeometry, explicitPads } from './convolution.js'
import type { ConvolutionAttrs, Geometry } from './convolution.js'
import { defineKernel } from './kernel.js'
import type { KernelDefinition } from './kernel.js'

interface Inputs { readonly x: TensorInfo, readonly filter: TensorInfo }

/** Convolution of images, `x` `[rows, height, width, channels]`, `filter` `[height, width, channels, outputs]`. */
export const conv2D = withExplicitSamePadding('Conv2D', false)

/** Convolution, bias and activation in one. */
export const fusedConv2D = withExplicitSamePadding('FusedConv2D', false)

/** Convolution of each channel by itself, `filter` `[height, width, channels, outputs per channel]`. */
export const depthwiseConv2D = withExplicitSamePadding('DepthwiseConv2dNative', true)

/** Depthwise convolution, bias and activation in one. */
export const fusedDepthwiseConv2D = withExplicitSamePadding('FusedDepthwiseConv2D', true)

/**
 * tfjs's own kernel, except for one fault: with padding 'same' and strides so long that the filter skips pixels at the border (3 wide with
 * stride 4 over 12 pixels), XNNPACK arrives at a negative padding and starts in the wrong place. There the pads are passed as numbers.
 */
function withExplicitSamePadding(name: string, depthwise: boolean): KernelDefinition {
  return defineKernel<Inputs, ConvolutionAttrs>(name, (stock) => {
    const run = stock(name)
    return (backend, inputs, attrs) => {
      if (attrs.pad !== 'same') return run(backend, inputs, attrs)
      const geometry = convolutionGeometry(inputs.x.shape, inputs.filter.shape, attrs, depthwise)
      if (!skipsBorder(geometry)) return run(backend, inputs, attrs)
      const { top, bottom, left, right } = geometry.padInfo
      return run(backend, inputs, { ...attrs, pad: explicitPads(top, bottom, left, right), dimRoundingMode: 'floor' })
    }
  })
}

/** Whether the filter, walked along an axis, ends before the image does. */
function skipsBorder(geometry: Geometry): boolean {
  const { inHeight, outHeight, strideHeight, effectiveFilterHeight, inWidth, outWidth, strideWidth, effectiveFilterWidth } = geometry
  return (outHeight - 1) * strideHeight + effectiveFilterHeight < inHeight || (outWidth - 1) * strideWidth + effectiveFilterWidth < inWidth
}
