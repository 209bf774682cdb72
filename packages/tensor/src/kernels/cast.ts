import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import { shared } from './identity.js'
import { defineKernel } from './kernel.js'

interface Inputs { readonly x: TensorInfo }
interface Attrs { readonly dtype: DataType }

/**
 * Conversion to another type of numbers. Where there is nothing to convert the result shares its values with the input; tfjs's own kernel copies them,
 * and every mask and every saved tensor passes through here in the backward pass.
 */
export const cast = defineKernel<Inputs, Attrs>('Cast', (stock) => {
  const run = stock('Cast')
  return (backend, { x }, attrs) => x.dtype === attrs.dtype && x.dtype !== 'string' ? shared(backend, x) : run(backend, { x }, attrs)
})
