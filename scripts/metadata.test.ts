import { Host, isReference } from '@touchstone/core'
import { discoverPlugins, loadPlugins } from '@touchstone/evaluation/node'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const host = new Host(await loadPlugins(await discoverPlugins(root), [root], 'package.json'))

test('every plugin of the repository is found by its keyword', () => {
  expect(host.plugins.map(({ name }) => name)).toEqual(expect.arrayContaining(['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/ig']))
  for (const { version } of host.plugins) expect(version).toMatch(/^\d+\.\d+\.\d+/)
})

// Documentation, `touchstone list` and reports are made of this.
test.each(host.registry.all().map(({ value, plugin }) => [`${value.kind} ${value.name}`, value, plugin.name] as const))('%s says what it is', (_name, value) => {
  expect(value.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  expect(value.summary.length).toBeGreaterThan(10)
  expect(value.summary).not.toMatch(/\n/)
  if (['attributer', 'score', 'sampler'].includes(value.kind) && !('use' in value)) expect(value, 'declares its cost').toHaveProperty('cost')
  if (value.kind === 'attributer') expect(value.citation).toBeTruthy()
  if ('use' in value) return
  for (const [name, field] of Object.entries(value.options)) {
    expect(field.summary, `option ${name}`).not.toBe('')
    // A default is a value that the option itself accepts.
    if (!isReference(field) && field.default !== undefined) expect(field.schema['~standard'].validate(field.default), `default of ${name}`).not.toHaveProperty('issues')
  }
})

test.each(host.registry.all().filter(({ value }) => 'use' in value).map(({ value }) => [value.kind, value.name] as const))('preset %s %s stands for something that exists', (kind, name) => {
  const resolver = host.resolver()
  expect(resolver.resolve(kind, name, [])).toBeDefined()
  expect(resolver.problems).toEqual([])
})
