import { add, cast, greater, isNaN, mul, pad, reshape, slice, tensor1d, tidy, where, zeros } from '#tfjs/core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import { convolutionGeometry, explicitPads } from './convolution.js'
import type { ConvolutionAttrs, Geometry } from './convolution.js'
import { fusedBatchNorm } from './fused-batch-norm.js'
import { defineKernel, tensorOf } from './kernel.js'
import type { KernelDefinition, WasmBackend } from './kernel.js'
import type { RectifierAttrs, RectifierInputs } from './rectifiers.js'
import { segmentsWithinRange } from './segments-within-range.js'
import { smoothReluBy } from './smooth-relu-in-steps.js'
import type { SmoothReluAttrs } from './smooth-relu-in-steps.js'

type Shape = readonly [number, number, number, number]
type Attr = 'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_FLOAT'

/** The part of tfjs-node's backend that this file builds on: operations of libtensorflow by name. */
interface NativeBackend {
  readonly binding: Readonly<Record<Attr, number>>
  executeSingleOutput: (operation: string, attrs: readonly { readonly name: string, readonly type: number, readonly value: unknown }[], inputs: readonly TensorInfo[]) => Tensor
}

/**
 * What we put in the place of tfjs-node's kernels. Its convolutions refuse pads as numbers, their gradients also pads one by one; libtensorflow takes those, but on
 * the processor no dilation in a gradient (in a depthwise one it overlooks it without a word), on a card none in a depthwise convolution, and no depthwise convolution
 * whose two strides differ.
 */
export const nativeKernels: readonly KernelDefinition[] = [
  convolution('Conv2D'),
  convolution('DepthwiseConv2dNative'),
  fusedConvolution('FusedConv2D'),
  fusedConvolution('FusedDepthwiseConv2D'),
  inputGradient('Conv2DBackpropInput'),
  inputGradient('DepthwiseConv2dNativeBackpropInput'),
  filterGradient('Conv2DBackpropFilter'),
  filterGradient('DepthwiseConv2dNativeBackpropFilter'),
  fusedBatchNorm,
  // The gradient of LeakyRelu, and of Relu: one operation of libtensorflow where slopes and products are four and more.
  defineKernel<RectifierInputs, RectifierAttrs>('LeakyReluGrad', () => (backend, { dy, x }, { alpha }) => {
    const native = backend as unknown as NativeBackend
    const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_FLOAT } = native.binding
    return native.executeSingleOutput('LeakyReluGrad', [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }, { name: 'alpha', type: TF_ATTR_FLOAT, value: alpha }], [dy, x])
  }),
  // tfjs-node's own makes ones for it in JavaScript and sends them to the card, each time as many as there are values: nine tenths of an input gradient there.
  defineKernel<{ readonly x: TensorInfo }, { readonly alpha: number }>('Step', () => (_, inputs, { alpha }) => tidy(() => {
    const x = tensorOf(inputs.x)
    const above = cast(greater(x, 0), x.dtype)
    return where(isNaN(x), x, alpha === 0 ? above : add(mul(above, 1 - alpha), alpha))
  })),
  segmentsWithinRange,
  ...smoothRelus(),
]

/** ReLU without its kinks, whose gradients are single operations of libtensorflow where tfjs takes two and three. */
function smoothRelus(): readonly KernelDefinition[] {
  const kernelsOf = (backend: WasmBackend) => {
    const native = backend as unknown as NativeBackend
    const { TF_ATTR_TYPE, TF_FLOAT } = native.binding
    const float = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }]
    return smoothReluBy({
      throughSoftplus: (dy, z) => native.executeSingleOutput('SoftplusGrad', float, [dy, z]),
      throughSigmoid: (dy, s) => native.executeSingleOutput('SigmoidGrad', float, [s, dy]),
    })
  }
  return [
    defineKernel<{ readonly x: TensorInfo }, SmoothReluAttrs>('SmoothRelu', () => (backend, { x }, attrs) => tidy(() => kernelsOf(backend).value(tensorOf(x), attrs))),
    defineKernel<RectifierInputs, SmoothReluAttrs>('SmoothReluGrad', () => (backend, { dy, x }, attrs) => tidy(() => kernelsOf(backend).gradient(tensorOf(dy), tensorOf(x), attrs))),
    defineKernel<{ readonly a: TensorInfo, readonly b: TensorInfo, readonly x: TensorInfo }, SmoothReluAttrs>('SmoothReluCurvature', () => (backend, { a, b, x }, attrs) =>
      tidy(() => kernelsOf(backend).curvature(tensorOf(a), tensorOf(b), tensorOf(x), attrs))),
  ]
}

function convolution(name: 'Conv2D' | 'DepthwiseConv2dNative'): KernelDefinition {
  return defineKernel<{ readonly x: TensorInfo, readonly filter: TensorInfo }, ConvolutionAttrs>(name, (stock) => {
    const run = stock(name)
    return (backend, { x, filter }, attrs) => {
      const geometry = geometryOf(name, x.shape, filter.shape, attrs)
      // Of no rows libtensorflow's convolution gives the shape of its input.
      if (x.shape[0] === 0) return zeros([...geometry.outShape])
      const apart = stridesDiffer(name, geometry)
      const holes = name.startsWith('Depthwise') && geometry.dilationHeight * geometry.dilationWidth > 1
      if (!apart && !holes) return run(backend, { x, filter }, typeof attrs.pad === 'number' ? { ...attrs, pad: pads(geometry) } : attrs)
      return tidy(() => {
        const filled = holes ? { x, filter: written(filter, geometry) } : { x, filter }
        const everywhere = tensorOf(run(backend, filled, { ...attrs, pad: pads(geometry), ...holes && { dilations: 1 }, ...apart && { strides: 1 } }))
        if (!apart) return everywhere
        return skip(skip(everywhere, 1, geometry.strideHeight, geometry.outHeight), 2, geometry.strideWidth, geometry.outWidth)
      })
    }
  })
}

/** These do not go by the kernels above. */
function fusedConvolution(name: 'FusedConv2D' | 'FusedDepthwiseConv2D'): KernelDefinition {
  return defineKernel<{ readonly x: TensorInfo, readonly filter: TensorInfo }, ConvolutionAttrs>(name, (stock) => {
    const run = stock(name)
    return (backend, inputs, attrs) => {
      const { x, filter } = inputs
      return x.shape[0] === 0 ? zeros([...convolutionGeometry(x.shape, filter.shape, attrs, name === 'FusedDepthwiseConv2D').outShape]) : run(backend, inputs, attrs)
    }
  })
}

function inputGradient(name: 'Conv2DBackpropInput' | 'DepthwiseConv2dNativeBackpropInput'): KernelDefinition {
  return defineKernel<{ readonly dy: TensorInfo, readonly filter: TensorInfo }, ConvolutionAttrs & { readonly inputShape: Shape }>(name, () => (backend, { dy, filter }, attrs) => tidy(() => {
    const geometry = geometryOf(name, attrs.inputShape, filter.shape, attrs)
    return gradient(backend, name, geometry, (upstream) => [sizes(attrs.inputShape), written(filter, geometry), upstream], dy)
  }))
}

function filterGradient(name: 'Conv2DBackpropFilter' | 'DepthwiseConv2dNativeBackpropFilter'): KernelDefinition {
  return defineKernel<{ readonly x: TensorInfo, readonly dy: TensorInfo }, ConvolutionAttrs & { readonly filterShape: Shape }>(name, () => (backend, { x, dy }, attrs) => tidy(() => {
    const geometry = geometryOf(name, x.shape, attrs.filterShape, attrs)
    const [height, width, ...channels] = attrs.filterShape
    const ofWritten = gradient(backend, name, geometry, (upstream) => [x, sizes([geometry.effectiveFilterHeight, geometry.effectiveFilterWidth, ...channels]), upstream], dy)
    return skip(skip(ofWritten, 0, geometry.dilationHeight, height), 1, geometry.dilationWidth, width)
  }))
}

/** A convolution's gradient by libtensorflow, for a filter that was written out with the zeros between its values. */
function gradient(backend: WasmBackend, name: string, geometry: Geometry, inputs: (dy: TensorInfo) => readonly TensorInfo[], dy: TensorInfo): Tensor {
  const native = backend as unknown as NativeBackend
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_STRING, TF_FLOAT } = native.binding
  const { inHeight, inWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo, strideHeight, strideWidth } = geometry
  const { top, bottom, left, right } = padInfo
  const everywhere = stridesDiffer(name, geometry)
  const upstream = everywhere
    ? spread(spread(tensorOf(dy), 1, strideHeight, inHeight + top + bottom - effectiveFilterHeight + 1), 2, strideWidth, inWidth + left + right - effectiveFilterWidth + 1)
    : dy
  const strides = everywhere ? [1, 1] as const : [strideHeight, strideWidth] as const
  const padding = paddingOf(geometry, strides)
  return native.executeSingleOutput(name, [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'strides', type: TF_ATTR_INT, value: [1, ...strides, 1] },
    { name: 'padding', type: TF_ATTR_STRING, value: padding },
    ...padding === 'EXPLICIT' ? [{ name: 'explicit_paddings', type: TF_ATTR_INT, value: pads(geometry).flat() }] : [],
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
  ], inputs(upstream))
}

/**
 * How libtensorflow is told the pads: by a name where they have one. With pads told one by one it leaves oneDNN's gradients on the processor for its own, which take
 * two to five times as long.
 */
function paddingOf({ inHeight, inWidth, effectiveFilterHeight, effectiveFilterWidth, padInfo: { top, bottom, left, right } }: Geometry, [down, across]: readonly [number, number]): 'VALID' | 'SAME' | 'EXPLICIT' {
  if (top + bottom + left + right === 0) return 'VALID'
  const isSame = (size: number, window: number, stride: number, before: number, after: number): boolean => {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + window - size)
    return before === Math.floor(total / 2) && before + after === total
  }
  return isSame(inHeight, effectiveFilterHeight, down, top, bottom) && isSame(inWidth, effectiveFilterWidth, across, left, right) ? 'SAME' : 'EXPLICIT'
}

/** A filter with the zeros between its values that dilation means. */
function written(filter: TensorInfo, { dilationHeight, effectiveFilterHeight, dilationWidth, effectiveFilterWidth }: Geometry): Tensor {
  return spread(spread(tensorOf(filter), 0, dilationHeight, effectiveFilterHeight), 1, dilationWidth, effectiveFilterWidth)
}

function geometryOf(name: string, inputShape: readonly number[], filterShape: readonly number[], attrs: ConvolutionAttrs): Geometry {
  return convolutionGeometry(inputShape, filterShape, attrs, name.startsWith('Depthwise'))
}

function pads({ padInfo: { top, bottom, left, right } }: Geometry): ReturnType<typeof explicitPads> {
  return explicitPads(top, bottom, left, right)
}

function sizes(shape: readonly number[]): Tensor {
  return tensor1d([...shape], 'int32')
}

/** Whether libtensorflow cannot take its strides, so that it is worked out with strides 1. */
function stridesDiffer(name: string, { strideHeight, strideWidth }: Geometry): boolean {
  return name.startsWith('Depthwise') && strideHeight !== strideWidth
}

/** Values along an axis moved apart, `step` from one to the next, with zeros between them and up to `size`. */
function spread(values: Tensor, axis: number, step: number, size: number): Tensor {
  const [before, count, after] = [values.shape.slice(0, axis), values.shape[axis]!, values.shape.slice(axis + 1)]
  if (step === 1 && size === count) return values
  const apart = reshape(pad(reshape(values, [...before, count, 1, ...after]), [...before, count, 1, ...after].map((_, i) => [0, i === axis + 1 ? step - 1 : 0] as [number, number])), [...before, count * step, ...after])
  if (size <= count * step) return slice(apart, apart.shape.map(() => 0), [...before, size, ...after])
  return pad(apart, apart.shape.map((length, i) => [0, i === axis ? size - length : 0] as [number, number]))
}

/** The first of every `step` values along an axis, `count` of them. */
function skip(values: Tensor, axis: number, step: number, count: number): Tensor {
  if (step === 1 && values.shape[axis] === count) return values
  const [before, length, after] = [values.shape.slice(0, axis), values.shape[axis]!, values.shape.slice(axis + 1)]
  const whole = length < count * step ? pad(values, values.shape.map((_, i) => [0, i === axis ? count * step - length : 0] as [number, number])) : slice(values, values.shape.map(() => 0), [...before, count * step, ...after])
  const apart = reshape(whole, [...before, count, step, ...after])
  return reshape(slice(apart, apart.shape.map(() => 0), [...before, count, 1, ...after]), [...before, count, ...after])
}
