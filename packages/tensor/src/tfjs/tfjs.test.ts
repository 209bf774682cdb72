import { expect, test } from 'vitest'

test.each([
  ['core', () => import('#tfjs/core'), () => import('@tensorflow/tfjs-core')],
  ['layers', () => import('#tfjs/layers'), () => import('@tensorflow/tfjs-layers')],
  ['backend-wasm', () => import('#tfjs/backend-wasm'), () => import('@tensorflow/tfjs-backend-wasm')],
  ['backend-cpu', () => import('#tfjs/backend-cpu'), () => import('@tensorflow/tfjs-backend-cpu')],
])('Node gets all of @tensorflow/tfjs-%s, and the same', async (_, load, whole) => {
  // What Node adds where it imports CommonJS.
  const added = ['default', 'module.exports', '__esModule']
  const expected = Object.fromEntries(Object.entries(await whole()).filter(([key]) => !added.includes(key))) as Readonly<Record<string, unknown>>
  expect(Object.keys(await load()).sort()).toEqual(Object.keys(expected).sort())
  for (const [key, value] of Object.entries(await load())) expect(value, key).toBe(expected[key])
})
