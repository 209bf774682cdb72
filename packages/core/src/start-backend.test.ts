import { expect, test } from 'vitest'
import { defineExtension, definePlugin, Engine, Host, Memory, UserError, type Backend } from './index.js'

const memory = { used: () => 1, limit: 2 }
const backend = (name: string, speed: number, start: Backend['start']) => defineExtension({ kind: 'backend', name, summary: `computes by ${name}`, traits: { speed }, options: {}, create: () => ({ start }) })
const engine = (name: string) => ({ name, version: '1', kernels: 'stock' })
const wanted: boolean[] = []
const slow = backend('slow', 1, (asked) => (wanted.push(asked), Promise.resolve({ engine: engine('slow'), memory })))
const quick = backend('quick', 9, () => Promise.reject(new UserError('there is no card')))
const broken = backend('broken', 99, () => Promise.reject(new TypeError('undefined is not a function')))

const host = (...extensions: Parameters<typeof definePlugin>[0]['extensions'] & object) => new Host([definePlugin({ name: '@made/up', extensions })])

test('of several the fastest that starts computes, and says why others do not', async () => {
  const scope = host(slow, quick).open()
  expect(await scope.find(Engine)).toEqual({ ...engine('slow'), passedOver: [{ backend: 'quick', reason: 'there is no card' }] })
  expect(await scope.find(Memory)).toBe(memory)
  expect(wanted).toEqual([false])
})

test('one that was named starts, or the reason is told', async () => {
  const all = host(slow, quick)
  expect(await all.open([], all.resolver().resolve('backend', 'slow', [])).find(Engine)).toEqual(engine('slow'))
  expect(wanted.at(-1)).toBe(true)
  await expect(all.open([], all.resolver().resolve('backend', 'quick', [])).find(Engine)).rejects.toThrow('there is no card')
})

test('where none starts every reason is told; a fault of a backend is no reason to take another', async () => {
  await expect(host(quick).open().find(Engine)).rejects.toThrow('no backend starts: quick: there is no card')
  await expect(host(slow, broken).open().find(Engine)).rejects.toThrow('undefined is not a function')
})

test('without backends there is no engine but what a plugin offers', async () => {
  expect(await host().open().find(Engine)).toBeUndefined()
})
