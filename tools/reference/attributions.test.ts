import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Base, createRandomness, Host, type AttributionRequest, type Model } from '@touchstone/core'
import { discoverPlugins, loadPlugins } from '@touchstone/evaluation/node'
import { afterAll, describe, expect, test } from 'vitest'

interface Fixture {
  readonly versions: Readonly<Record<string, string>>
  readonly every: number
  readonly pictures: Readonly<Record<string, string>>
  readonly cases: readonly { readonly model: string; readonly picture: string; readonly target: number; readonly use: string; readonly options: object; readonly by: string; readonly map: string }[]
}

const fixture = JSON.parse(readFileSync(new URL('attributions.fixture.json', import.meta.url), 'utf8')) as Fixture
const root = fileURLToPath(new URL('../..', import.meta.url))
const host = new Host(await loadPlugins(await discoverPlugins(root), [root], 'package.json'))
const scope = host.open([{ token: Base, value: { path: fileURLToPath(new URL('../../examples/quickstart', import.meta.url)) } }])
afterAll(() => scope[Symbol.asyncDispose]())

function make<K extends 'model' | 'attributer'>(kind: K, use: string, options: object) {
  const resolver = host.resolver()
  const resolved = resolver.resolve(kind, { use, options }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  return scope.create({ ...resolved, kind })
}

function request(model: Model, picture: string, target: number): AttributionRequest {
  const data = Float32Array.from(Buffer.from(fixture.pictures[picture]!, 'base64'), (byte) => byte / 255)
  return { model, inputs: { shape: [1, 28, 28, 1], data }, targets: [target], randomness: [createRandomness(0, picture)], batchRows: 64 }
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** max |a - b| / max |b| over all maps of one method by one library. */
async function relativeError(use: string, options: object, by: string): Promise<number> {
  const attributer = await make('attributer', use, options)
  let worst = 0
  for (const one of fixture.cases.filter((other) => other.use === use && other.by === by && JSON.stringify(other.options) === JSON.stringify(options))) {
    const model = await make('model', 'layers-model', { path: `models/${one.model}` })
    const { data } = await attributer.attribute(request(model, one.picture, one.target))
    const expected = floats(one.map)
    const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
    // A map may be 0 throughout, as Grad-CAM's where every channel speaks against the class.
    expected.forEach((value, index) => (worst = Math.max(worst, Math.abs(data[index * fixture.every]! - value) / (largest || 1))))
  }
  return worst
}

describe(`maps of Captum and zennit for handwritten digits (${Object.entries(fixture.versions).map(([name, version]) => `${name} ${version}`).join(', ')})`, () => {
  const methods = [...new Map(fixture.cases.map(({ use, options, by }) => [JSON.stringify([use, options, by]), { use, options, by }])).values()]
  test.each(methods.map(({ use, options, by }) => [use, JSON.stringify(options), by, options] as const))('%s %s as in %s', async (use, _options, by, options) => {
    const error = await relativeError(use, options, by)
    if (process.env.TOUCHSTONE_SHOW_ERRORS) console.log(`${error.toExponential(1)}  ${use} ${JSON.stringify(options)} (${by})`)
    expect(error).toBeLessThanOrEqual(1e-4)
  })
})
