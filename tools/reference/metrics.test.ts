import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Base, createRandomness, Host, type Randomness, type Result, type Rows, type ScoreContext } from '@touchstone/core'
import { evaluationPlugin } from '@touchstone/evaluation'
import { discoverPlugins, loadPlugins } from '@touchstone/evaluation/node'
import { afterAll, describe, expect, test } from 'vitest'

interface Case {
  readonly picture: string
  readonly pixels: string
  readonly target: number
  readonly map: string
  readonly ranked: string
  readonly noise: string
  readonly deltas: string
  readonly subsets: string
  readonly infidelity: number
  readonly 'infidelity, normalised': number
  readonly sensitivity_max: number
  readonly FaithfulnessCorrelation: number
  readonly PixelFlipping: readonly number[]
  readonly ROAD: readonly number[]
}

const { versions, cases } = JSON.parse(readFileSync(new URL('metrics.fixture.json', import.meta.url), 'utf8')) as { readonly versions: Readonly<Record<string, string>>; readonly cases: readonly Case[] }
const root = fileURLToPath(new URL('../..', import.meta.url))
const found = await loadPlugins(await discoverPlugins(root), [root], 'package.json')
const host = new Host(found.some(({ name }) => name === evaluationPlugin.name) ? found : [evaluationPlugin, ...found])
const scope = host.open([{ token: Base, value: { path: fileURLToPath(new URL('../../examples/quickstart', import.meta.url)) } }])
afterAll(() => scope[Symbol.asyncDispose]())

function make<K extends 'model' | 'attributer' | 'score'>(kind: K, use: string, options: object = {}) {
  const resolver = host.resolver()
  const resolved = resolver.resolve(kind, { use, options }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  return scope.create({ ...resolved, kind })
}

const bytes = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, 'base64')).buffer
const floats = (base64: string): Float32Array => new Float32Array(bytes(base64))
const rowOf = (values: Float32Array, draw: number, count: number): Float32Array => values.subarray(draw * count, (draw + 1) * count)

/** The uniform numbers whose random bits hold exactly these units, in words of 32; whatever bit plane of a draw they stand for. */
function uniformsFor(units: ArrayLike<number>, count: number, uniforms: number): Float64Array {
  const words = new Int32Array(Math.ceil(count / 32))
  for (let index = 0; index < units.length; index++) words[units[index]! >> 5]! |= 1 << (units[index]! & 31)
  return Float64Array.from({ length: uniforms }, (_, index) => (words[index % words.length]! + 0x80000000) / 0x100000000)
}

/** A score of a fixture's map, with given random numbers. */
async function score(one: Case, map: string, use: string, options: object, drawn: Partial<Randomness> = {}): Promise<Result> {
  const model = await make('model', 'layers-model', { path: 'models/well' })
  const attributer = await make('attributer', 'input-x-gradient')
  const metric = await make('score', use, options)
  const shape = model.inputShape
  const input = Float32Array.from(Buffer.from(one.pixels, 'base64'), (byte) => byte / 255)
  const randomness = { ...createRandomness(0, one.picture), ...drawn }
  const dataset = { inputShape: shape, size: 0, range: { low: 0, high: 1 }, fingerprint: '', example: () => Promise.reject(new Error('not needed')) }
  const predict = (rows: Rows): Promise<Rows> => model.predict(rows)
  const subject = { model, example: { id: one.picture, input }, outputs: (await predict({ shape: [1, ...shape], data: input })).data, target: one.target, dataset, randomness }
  const maps = (inputs: readonly Float32Array[]) =>
    Promise.all(
      inputs.map(async (data) => ({ shape, data: (await attributer.attribute({ model, inputs: { shape: [1, ...shape], data }, targets: [one.target], randomness: [randomness], batchRows: 64 })).data })),
    )
  const context: ScoreContext = { ...subject, map: { shape, data: floats(map) }, predict, maps, neighbours: (sampler, count) => sampler.sample(subject, count), kept: (_what: unknown, _key: string, compute: () => Promise<unknown>) => compute(), shared: (_what, _key, compute) => compute() }
  return metric.score(context)
}

/** |a - b| / |b| */
const off = (found: number, expected: number): number => Math.abs(found - expected) / Math.abs(expected)

describe.each(cases)(`scores of libraries for a digit, $picture (${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')})`, (one) => {
  test.each([false, true])('infidelity of Captum, normalised: %s', async (normalise) => {
    const noise = floats(one.noise)
    const { value } = await score(one, one.map, 'infidelity-captum', { normalise }, { normals: (_purpose, draw, count) => Float64Array.from(rowOf(noise, draw, count), (number) => number / 0.003) })
    expect(off(value!, one[normalise ? 'infidelity, normalised' : 'infidelity'])).toBeLessThan(2e-3)
  })

  test('sensitivity_max of Captum', async () => {
    const deltas = floats(one.deltas)
    const { value } = await score(one, one.map, 'max-sensitivity-captum', {}, { uniforms: (_purpose, draw, count) => Float64Array.from(rowOf(deltas, draw, count), (delta) => (delta / 0.02 + 1) / 2) })
    expect(off(value!, one.sensitivity_max)).toBeLessThan(1e-4)
  })

  test('FaithfulnessCorrelation of Quantus', async () => {
    const subsets = new Uint16Array(bytes(one.subsets))
    const { value } = await score(one, one.map, 'fidelity-quantus', {}, { uniforms: (_purpose, draw, count) => uniformsFor(subsets.subarray(draw * 224, (draw + 1) * 224), 784, count) })
    expect(Math.abs(value! - one.FaithfulnessCorrelation)).toBeLessThan(1e-4)
  })

  test('PixelFlipping of Quantus', async () => {
    const { curve, value } = await score(one, one.ranked, 'pixel-flipping-quantus', { perStep: 28 })
    one.PixelFlipping.forEach((expected, step) => expect(Math.abs(curve!.y[step]! - expected)).toBeLessThan(1e-4))
    const area = one.PixelFlipping.slice(1).reduce((sum, height, step) => sum + (height + one.PixelFlipping[step]!) / 2, 0)
    expect(value).toBeCloseTo(area / (one.PixelFlipping.length - 1), 4)
  })

  test('ROAD of Quantus, without noise', async () => {
    const { curve } = await score(one, one.ranked, 'road-quantus', { noise: 0 })
    expect(curve!.y).toEqual(one.ROAD)
  })
})
