import { add, scalar, tidy } from '#tfjs/core'
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import { defineKernel, tensorOf } from './kernel.js'

/**
 * Casting to floats on webgpu, where tfjs's kernel only calls whole numbers and truth values floats. Programs that read memory as the kind that it is called, such as
 * that of transpose, then do not compile, and leave zeros without a word.
 */
export const castOfValues = defineKernel<{ readonly x: TensorInfo }, { readonly dtype: DataType }>('Cast', (stock) => {
  const run = stock('Cast')
  return (backend, inputs, attrs) => {
    if (attrs.dtype !== 'float32' || inputs.x.dtype === 'float32') return run(backend, inputs, attrs)
    return tidy(() => add(tensorOf(run(backend, inputs, attrs)), scalar(0)))
  }
})
