import { cast, tidy } from '#tfjs/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel, tensorOf } from './kernel.js'

/**
 * Transposing on webgpu, where tfjs's kernel of whole numbers or truth values does not compile and leaves the values as they lie without a word: they are transposed as
 * floats, which hold whole numbers up to 2 ** 24.
 */
export const transposeOfNumbers = defineKernel<{ readonly x: TensorInfo }, { readonly perm: number[] }>('Transpose', (stock) => {
  const run = stock('Transpose')
  return (backend, { x }, attrs) => {
    if (x.dtype === 'float32') return run(backend, { x }, attrs)
    return tidy(() => cast(tensorOf(run(backend, { x: cast(tensorOf(x), 'float32') }, attrs)), x.dtype))
  }
})
