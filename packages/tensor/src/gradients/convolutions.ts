import { conv2d, depthwiseConv2d, engine } from '#tfjs/core'
import type { GradConfig, NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { ConvolutionAttrs } from '../kernels/convolution.js'

/**
 * Gradients of the gradients of convolutions: each is linear in both of its inputs, so its gradients are the convolution and its other gradient.
 * tfjs has only that of Conv2DBackpropInput.
 */
export const convolutions: readonly GradConfig[] = [
  {
    kernelName: 'Conv2DBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (upstream, saved, attrs) => {
      const [ddFilter, x, dy] = [upstream as Tensor4D, ...saved as [Tensor4D, Tensor4D]]
      const { strides, pad, dataFormat, dimRoundingMode } = settings(attrs)
      return {
        x: () => run('Conv2DBackpropInput', { dy, filter: ddFilter }, attrs, { inputShape: x.shape }),
        dy: () => conv2d(x, ddFilter, strides, pad, dataFormat, 1, dimRoundingMode),
      }
    },
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (upstream, saved, attrs) => {
      const [ddx, dy, filter] = [upstream as Tensor4D, ...saved as [Tensor4D, Tensor4D]]
      return {
        dy: () => depthwise(ddx, filter, attrs),
        filter: () => run('DepthwiseConv2dNativeBackpropFilter', { x: ddx, dy }, attrs, { filterShape: filter.shape }),
      }
    },
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (upstream, saved, attrs) => {
      const [ddFilter, x, dy] = [upstream as Tensor4D, ...saved as [Tensor4D, Tensor4D]]
      return {
        x: () => run('DepthwiseConv2dNativeBackpropInput', { dy, filter: ddFilter }, attrs, { inputShape: x.shape }),
        dy: () => depthwise(x, ddFilter, attrs),
      }
    },
  },
]

/** The attributes as tfjs's operations take them, which are narrower typed than the kernels. */
function settings(attrs: unknown) {
  return attrs as Omit<ConvolutionAttrs, 'strides' | 'pad' | 'dilations'> & { strides: [number, number], pad: 'same', dilations?: [number, number] | null }
}

function depthwise(x: Tensor4D, filter: Tensor4D, attrs: unknown): Tensor4D {
  const { strides, pad, dilations, dimRoundingMode } = settings(attrs)
  return depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilations ?? [1, 1], dimRoundingMode)
}

/** Runs the kernel of the other gradient, with the same settings but the shape of its own result. */
function run(name: string, inputs: Record<string, Tensor>, attrs: unknown, shape: NamedAttrMap): Tensor {
  const { strides, pad, dataFormat = 'NHWC', dilations, dimRoundingMode } = settings(attrs)
  const own = name.startsWith('Conv2D') ? { dataFormat } : { dilations: dilations ?? [1, 1] }
  return engine().runKernel(name, inputs, { strides, pad, ...dimRoundingMode !== undefined && { dimRoundingMode }, ...own, ...shape })
}
