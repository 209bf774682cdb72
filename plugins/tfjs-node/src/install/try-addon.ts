// node try-addon.js <folder of the package>: loads the addon and multiplies matrices by it; prints its trial as JSON.
import { createRequire } from 'node:module'
import { mendUtil } from '../mend-util.js'
import type { Trial } from './verdict.js'

interface TfjsNode {
  readonly backend: () => { readonly binding: { readonly TF_Version: string }; readonly isUsingGpuDevice: boolean }
  readonly matMul: (a: unknown, b: unknown) => { readonly data: () => Promise<Float32Array> }
  readonly tensor2d: (values: Float32Array, shape: [number, number]) => unknown
}

mendUtil()
const { backend, matMul, tensor2d } = createRequire(import.meta.url)(process.argv[2]!) as TfjsNode
const values = Float32Array.from({ length: 64 * 64 }, (_, i) => ((i * 37) % 64) - 31)
const identity = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 65 === 0 ? 1 : 0))
const product = await matMul(tensor2d(values, [64, 64]), tensor2d(identity, [64, 64])).data()
if (product.some((value, i) => value !== values[i])) throw new Error('it multiplies wrongly')
const trial: Trial = { tensorflow: backend().binding.TF_Version, card: backend().isUsingGpuDevice }
console.log(JSON.stringify(trial))
