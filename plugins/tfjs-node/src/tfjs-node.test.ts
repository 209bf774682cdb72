import { Engine, Host, isUserError } from '@touchstone/core'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { mendUtil } from './mend-util.js'

const host = new Host([plugin])
const start = (name: string) => host.open([], host.resolver().resolve('backend', name, [])).find(Engine)

test('a package that is not installed is told with what to do, without a stack trace', async () => {
  const failure: unknown = await start('tfjs-node-gpu').then(() => undefined, (error: unknown) => error)
  expect(isUserError(failure)).toBe(true)
  expect(String(failure)).toMatch(/@tensorflow\/tfjs-node-gpu (is not installed: npm install --ignore-scripts @tensorflow\/tfjs-node-gpu@4\.22\.0, then touchstone native install|found no NVIDIA card)/)
})

test('a package without its addon is told too; with it, its engine names both versions', async () => {
  const outcome = await start('tfjs-node').then((engine) => `${engine!.name} ${engine!.version}`, (error: unknown) => String(error))
  expect(outcome).toMatch(/tfjs-node 4\.22\.0 with TensorFlow 2\.|@tensorflow\/tfjs-node has no native addon: touchstone native install builds one/)
})

test("functions that newer Nodes' util has not are put back, and those that are there stay", async () => {
  const util = (await import('node:util')).default as unknown as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean }
  const { isNullOrUndefined, isArray } = util
  delete util.isNullOrUndefined
  delete util.isArray
  mendUtil()
  expect([undefined, null, 0, ''].map((value) => util.isNullOrUndefined!(value))).toEqual([true, true, false, false])
  expect([[], {}].map((value) => util.isArray!(value))).toEqual([true, false])
  const own = () => false
  util.isArray = own
  mendUtil()
  expect(util.isArray).toBe(own)
  Object.assign(util, { isNullOrUndefined, isArray })
})

test.each([
  [[], 'native: expected "install", found nothing'],
  [['remove'], 'native: expected "install", found "remove"'],
  [['install', '--with-cuda'], '--with-cuda belongs to --gpu'],
  [['install', '--fast'], "Unknown option '--fast'"],
])('native %j is refused', async (args, message) => {
  const command = await host.open().create({ ...host.resolver().resolve('command', 'native', [])!, kind: 'command' })
  const silent = () => undefined
  const failure: unknown = await command.run(args, { log: { info: silent, warn: silent }, folder: '.', signal: new AbortController().signal, open: () => Promise.reject(new Error('not asked')), write: () => Promise.resolve() }).then(() => undefined, (error: unknown) => error)
  expect(isUserError(failure)).toBe(true)
  expect(String(failure)).toContain(message)
})
