import { expect, it } from 'vitest'
import { openEngine, tf } from './index.js'

it('opens once, however often and however concurrently it is asked for', async () => {
  const engines = await Promise.all([openEngine(), openEngine({ backend: 'wasm' }), openEngine({ kernels: 'touchstone' })])
  engines.push(await openEngine({ backend: 'auto' }))
  expect(engines[0]).toEqual({ name: 'tfjs-wasm', version: '4.22.0', kernels: '7' })
  for (const engine of engines) expect(engine).toBe(engines[0])
  expect(tf.getBackend()).toBe('wasm')
})

it('refuses to be another engine', async () => {
  await openEngine()
  await expect(openEngine({ backend: 'cpu' })).rejects.toThrow('open already, with backend tfjs-wasm')
  await expect(openEngine({ kernels: 'stock' })).rejects.toThrow('kernels 7')
})
