import { expect, it } from 'vitest'
import { openEngine, tf } from './index.js'

it('says what is missing when wasm was asked for', async () => {
  await expect(openEngine({ backend: 'wasm', wasmPaths: '/nowhere/' })).rejects.toThrow('there is no file /nowhere/tfjs-backend-wasm-simd.wasm')
  await expect(openEngine({ backend: 'wasm', wasmPaths: 'file:///nowhere/' })).rejects.toThrow('there is no file file:///nowhere/')
})

it('passes on the reason why the backend does not start', async () => {
  const factory = tf.findBackendFactory('wasm')
  tf.removeBackend('wasm')
  tf.registerBackend('wasm', () => { throw new Error('no WebAssembly here') })
  await expect(openEngine({ backend: 'wasm' })).rejects.toThrow('could not start: no WebAssembly here')
  tf.removeBackend('wasm')
  tf.registerBackend('wasm', factory)
})

it('says so where WebAssembly has no vector instructions, on which our kernels are built', async () => {
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false)
  await expect(openEngine({ backend: 'wasm' })).rejects.toThrow('no vector instructions')
  tf.env().set('WASM_HAS_SIMD_SUPPORT', true)
})

it('otherwise falls back to cpu and says why', async () => {
  const engine = await openEngine({ wasmPaths: '/nowhere/' })
  expect(engine).toEqual({ name: 'tfjs-cpu', version: '4.22.0', kernels: '7', fallback: 'there is no file /nowhere/tfjs-backend-wasm-simd.wasm' })
  expect(tf.getBackend()).toBe('cpu')
  await expect(openEngine({ backend: 'wasm' })).rejects.toThrow('open already, with backend tfjs-cpu')
})
