import { Engine, Host } from '@touchstone/core'
import { openEngine } from '@touchstone/tensor'
import { expect, test } from 'vitest'
import plugin from './index.js'

test("an engine that the caller's own code has opened computes, unless another is asked for by name", async () => {
  await openEngine({ backend: 'cpu' })
  const host = new Host([plugin])
  expect((await host.open().find(Engine))!.name).toBe('tfjs-cpu')
  expect((await host.open([], host.resolver().resolve('backend', 'cpu', [])).find(Engine))!.name).toBe('tfjs-cpu')
  await expect(host.open([], host.resolver().resolve('backend', 'wasm', [])).find(Engine)).rejects.toThrow('The engine is open already, with backend tfjs-cpu')
})
