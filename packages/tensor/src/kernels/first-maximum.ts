import { pad, reverse, slice, tidy } from '#tfjs/core'
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel, tensorOf } from './kernel.js'
import { poolGeometry } from './max-pool-grad.js'
import type { PoolAttrs } from './max-pool-grad.js'

interface Inputs { readonly dy: TensorInfo, readonly input: TensorInfo, readonly output: TensorInfo }
type Pads = [[number, number], [number, number], [number, number], [number, number]]

/** Below any value, and finite, since a shader may take infinities for anything. */
const lowest = -3.4e38

/**
 * The gradient of max-pooling on graphics cards. Where several values of a window are the largest, as on the plain ground of a digit, tfjs's own kernels there give the
 * signal to the last of them, all others to the first: whole maps differ. Here they see the image the other way round, so that their last is the first.
 */
export const firstMaximum = defineKernel<Inputs, PoolAttrs>('MaxPoolGrad', (stock) => {
  const run = stock('MaxPoolGrad')
  return (backend, inputs, attrs) => tidy(() => {
    const [dy, input, output] = [tensorOf(inputs.dy), tensorOf(inputs.input), tensorOf(inputs.output)]
    const { inHeight, inWidth, outHeight, outWidth, effectiveFilterHeight, effectiveFilterWidth, strideHeight, strideWidth, padInfo } = poolGeometry(input.shape, attrs)
    // As much of the image as windows lie on, and no more: turned round, windows then start where they ended.
    const after = [(outHeight - 1) * strideHeight + effectiveFilterHeight - padInfo.top - inHeight, (outWidth - 1) * strideWidth + effectiveFilterWidth - padInfo.left - inWidth] as const
    const more: Pads = [[0, 0], [padInfo.top, Math.max(0, after[0])], [padInfo.left, Math.max(0, after[1])], [0, 0]]
    const less: Pads = [[0, 0], [0, Math.max(0, -after[0])], [0, Math.max(0, -after[1])], [0, 0]]
    const covered = slice(input, [0, 0, 0, 0], input.shape.map((length, axis) => length - less[axis]![1]))
    const turned = (images: Tensor): Tensor => reverse(images, [1, 2])
    const dx = turned(tensorOf(run(backend, { dy: turned(dy), input: turned(pad(covered, more, lowest)), output: turned(output) }, { ...attrs, pad: 'valid', dimRoundingMode: undefined })))
    return pad(slice(dx, more.map(([before]) => before), covered.shape), less)
  })
})
