import { add, div, engine, image, matMul, mul, pow, reshape, scalar, square, sub, tensor2d, transpose, zeros } from '#tfjs/core'
import type { GradConfig, Tensor, Tensor4D } from '@tensorflow/tfjs-core'

/** Gradients of what is done to whole images: those of resizing once more, and some that tfjs has not at all. */
export const images: readonly GradConfig[] = [
  ...(['ResizeBilinear', 'ResizeNearestNeighbor'] as const).map((name): GradConfig => ({
    kernelName: `${name}Grad`,
    inputsToSave: ['dy', 'images'],
    gradFunc: (ddx, [dy, input], attrs) => ({
      dy: () => engine().runKernel(name, { images: ddx as Tensor }, { ...attrs as object, halfPixelCenters: false, size: dy!.shape.slice(1, 3) }),
      images: () => zeros(input!.shape),
    }),
  })),
  { kernelName: 'FlipLeftRight', gradFunc: (dy) => ({ image: () => image.flipLeftRight(dy as Tensor4D) }) },
  {
    kernelName: 'DepthToSpace',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({
      x: () => {
        const { blockSize } = attrs as { blockSize: number }
        const [rows, height, width, channels] = x!.shape as Tensor4D['shape']
        const blocks = reshape(dy as Tensor, [rows, height, blockSize, width, blockSize, channels / blockSize ** 2])
        return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), x!.shape)
      },
    }),
  },
  {
    // In operations that have gradients themselves: tfjs's own has none.
    kernelName: 'LRN',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attrs) => ({ x: () => responseNormalisation(dy as Tensor4D, x as Tensor4D, attrs as unknown as ResponseAttrs) }),
  },
]

interface ResponseAttrs { readonly depthRadius: number, readonly bias: number, readonly alpha: number, readonly beta: number }

/** The gradient of `x / (bias + alpha * sum of squares of the channels nearby) ** beta`. */
function responseNormalisation(dy: Tensor4D, x: Tensor4D, { depthRadius, bias, alpha, beta }: ResponseAttrs): Tensor4D {
  const channels = x.shape[3]
  const near = Float32Array.from({ length: channels ** 2 }, (_, i) => Math.abs(Math.floor(i / channels) - i % channels) <= depthRadius ? 1 : 0)
  const band = tensor2d(near, [channels, channels])
  const [flatX, flatDy] = [reshape(x, [-1, channels]), reshape(dy, [-1, channels])]
  const norm = add(mul(matMul(square(flatX), band), scalar(alpha)), scalar(bias))
  const scale = pow(norm, scalar(-beta))
  const shared = matMul(mul(mul(flatDy, flatX), div(scale, norm)), band)
  return reshape(sub(mul(flatDy, scale), mul(mul(flatX, shared), scalar(2 * alpha * beta))), x.shape)
}
