import { backend_util, util } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { simd } from '../simd/simd.js'
import { addressOf, allocate } from './heap.js'
import { defineKernel } from './kernel.js'
import type { KernelDefinition } from './kernel.js'

interface Inputs { readonly x: TensorInfo }
interface Attrs { readonly axis: number | number[], readonly keepDims: boolean }

/** Sums over axes. */
export const sum = reduction('Sum', () => 1)

/** Means over axes. */
export const mean = reduction('Mean', (count) => count)

/**
 * Sums, or means, of float32 values over axes that stand side by side. tfjs's own kernels first transpose the tensor, unless these are its last
 * axes, and add up one value at a time; that took a third of a training step of a network with batch normalisation. Here vectors are added up, part by
 * part, so that the rounding errors of long sums stay small too, and a sum of nothing is 0, not what the memory held before. How a sum is added up depends on nothing but the shape of what it runs over.
 */
function reduction(name: string, divisor: (count: number) => number): KernelDefinition {
  return defineKernel<Inputs, Attrs>(name, (stock) => {
    const run = stock(name)
    return (backend, { x }, attrs) => {
      const axes = util.parseAxisParam(attrs.axis, x.shape).sort((one, other) => one - other)
      const first = axes[0] ?? 0
      const sideBySide = axes.every((axis, i) => axis === first + i)
      if (x.dtype !== 'float32' || !sideBySide || axes.length === 0) return run(backend, { x }, attrs)
      const [outShape] = backend_util.computeOutAndReduceShapes(x.shape, axes)
      const size = (from: number, to?: number) => util.sizeFromShape(x.shape.slice(from, to))
      const [outer, count, inner] = [size(0, first), size(first, first + axes.length), size(first + axes.length)]
      const out = allocate(backend, attrs.keepDims ? backend_util.expandShapeToKeepDim(outShape, axes) : outShape)
      const { sumLast, sumMiddle } = simd(backend)
      if (inner === 1) sumLast(addressOf(backend, x), addressOf(backend, out), outer, count, divisor(count))
      else sumMiddle(addressOf(backend, x), addressOf(backend, out), outer, count, inner, divisor(count))
      return out
    }
  })
}
