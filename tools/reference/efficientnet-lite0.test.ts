import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { argmax, Base, createRandomness, Host, quantile, type Model } from '@touchstone/core'
import datasets from '@touchstone/datasets'
import gradients from '@touchstone/gradients'
import { createNetwork, inputGradient, networkOf, surrogate } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import tfjsModels from '@touchstone/tfjs-models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Some of many values. */
interface Some {
  readonly largest: number
  readonly values: string
}

interface Case {
  readonly target: number
  readonly logits: Some
  /** Of the target's logit by the input. */
  readonly gradient: Some
}

/** The same with softplus(x) - softplus(x - 6) in place of ReLU6, and the gradient of the gradient's square. */
interface SmoothCase extends Case {
  readonly smooth: Omit<Case, 'target'> & { readonly second: Some }
}

interface Fixture {
  readonly torch: string
  readonly every: number
  readonly sha256: string
  readonly trained: SmoothCase
  readonly random: SmoothCase & { readonly start: number }
  readonly model: { readonly weightsManifest: readonly [{ readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[] }] }
}

interface Pictures {
  readonly folder: string
  /** `single` says how far PyTorch's gradient in single precision is from that in double. */
  readonly pictures: readonly (Partial<Case> & { readonly file: string; readonly target: number; readonly single?: number })[]
}

const fixture = JSON.parse(readFileSync(new URL('efficientnet-lite0.fixture.json', import.meta.url), 'utf8')) as Fixture
const converted = fileURLToPath(new URL('../../examples/zoo/converted/efficientnet-lite0', import.meta.url))
const why = 'not converted here: tools/reference/efficientnet-lite0.py does it'
const host = new Host([tfjsModels, datasets, gradients])
const scope = host.open([{ token: Base, value: { path: '.' } }])

function make<K extends 'model' | 'attributer' | 'dataset'>(kind: K, reference: unknown) {
  const resolver = host.resolver()
  const resolved = resolver.resolve(kind, reference, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  return scope.create({ ...resolved, kind })
}

const open = (path: string, foldBatchNorm: boolean): Promise<Model> => make('model', { use: 'layers-model', options: { path, foldBatchNorm } })

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-efficientnet-'))
})
afterAll(async () => {
  await scope[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Numbers in [-1, 1) by the finaliser of MurmurHash3 over the indices from `start` on. */
function numbers(count: number, start = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let h = start + i
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 31 - 1
  })
}

/** Kernels as He's, normalisations about those that do nothing. */
function centreAndSpread(name: string, shape: readonly number[]): readonly [centre: number, spread: number] {
  const role = name.split('/')[1]!
  const product = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1)
  if (role.endsWith('kernel')) return [0, Math.sqrt(6 / product(role === 'depthwise_kernel' ? shape.slice(0, 2) : shape.slice(0, -1)))]
  return role === 'gamma' ? [1, 0.2] : role === 'moving_variance' ? [1, 0.5] : [0, 0.1]
}

function randomWeights(): Float32Array {
  let start = 1
  const parts = fixture.model.weightsManifest[0].weights.map(({ name, shape }) => {
    const [centre, spread] = centreAndSpread(name, shape)
    const values = Float32Array.from(numbers(shape.reduce((a, b) => a * b, 1), start), (value) => centre + spread * value)
    start += values.length
    return Buffer.from(values.buffer)
  })
  return new Float32Array(new Uint8Array(Buffer.concat(parts)).buffer)
}

function waves(side: number, start: number): Float32Array {
  return Float32Array.from(numbers(side * side * 3, start), (value, i) => {
    const [y, x, c] = [Math.floor(i / (3 * side)), Math.floor(i / 3) % side, i % 3]
    return 0.5 * Math.sin((x * (1 + c) + y * (2 - c)) / 17) + 0.4 * value
  })
}

/** The largest difference, as a share of the largest value. */
function apart(values: Float32Array, { values: base64, largest }: Some): number {
  const expected = new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer)
  const every = values.length > 1000 ? fixture.every : 10
  expect(expected).toHaveLength(Math.ceil(values.length / every))
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i * every]!)), 0) / largest
  if (process.env.TOUCHSTONE_SHOW_ERRORS) console.log(worst.toExponential(1))
  return worst
}

async function mapOf(use: string, model: Model, data: Float32Array, target: number): Promise<Float32Array> {
  const attributer = await make('attributer', use)
  const inputs = { shape: [1, ...model.inputShape], data }
  return (await attributer.attribute({ model, inputs, targets: [target], randomness: [createRandomness(0, 'maps')], batchRows: 1 })).data
}

async function logitsOf(model: Model, data: Float32Array): Promise<Float32Array> {
  return (await model.predict({ shape: [1, ...model.inputShape], data })).data
}

/** What stands in for the network when attributions are attacked. */
async function expectSmoothAsInTorch(model: Model, data: Float32Array, { target, smooth }: SmoothCase): Promise<void> {
  const { places, output } = networkOf(model).graph
  const network = createNetwork(surrogate({ nodes: places.map(({ node }) => node), output }, { beta: 1 }))
  const x = tf.tensor(data, [1, ...model.inputShape])
  expect(apart((await network.logits(x).data()) as Float32Array, smooth.logits)).toBeLessThan(1e-5)
  expect(apart((await inputGradient(network, x, [target]).data()) as Float32Array, smooth.gradient)).toBeLessThan(1e-5)
  const second = tf.grad((at: tf.Tensor) => tf.sum(tf.square(inputGradient(network, at, [target]))))(x)
  expect(apart((await second.data()) as Float32Array, smooth.second)).toBeLessThan(5e-5)
  network.dispose()
}

describe(`EfficientNet-Lite0 as PyTorch ${fixture.torch} computes it in double precision`, () => {
  test('with random weights: logits, gradients with normalisations folded or kept, and the smooth network', async () => {
    await writeFile(join(folder, 'model.json'), JSON.stringify(fixture.model))
    await writeFile(join(folder, 'weights.bin'), randomWeights())
    const { start, target, logits, gradient } = fixture.random
    const data = waves(64, start)
    for (const foldBatchNorm of [true, false]) {
      const model = await open(folder, foldBatchNorm)
      expect(apart(await logitsOf(model, data), logits)).toBeLessThan(1e-5)
      expect(apart(await mapOf('gradient', model, data, target), gradient)).toBeLessThan(1e-5)
      if (foldBatchNorm) await expectSmoothAsInTorch(model, data, fixture.random)
    }
  })

  test('with the weights learned on ImageNet', async ({ skip }) => {
    skip(!existsSync(join(converted, 'model.json')), why)
    expect(createHash('sha256').update(await readFile(join(converted, 'weights.bin'))).digest('hex')).toBe(fixture.sha256)
    const model = await open(converted, true)
    const data = waves(224, 0)
    expect(apart(await logitsOf(model, data), fixture.trained.logits)).toBeLessThan(1e-5)
    await expectSmoothAsInTorch(model, data, fixture.trained)
  })

  test('on pictures', async ({ skip }) => {
    skip(!existsSync(join(converted, 'pictures.json')), `${why}, with --pictures FOLDER`)
    const { folder: of, pictures } = JSON.parse(await readFile(join(converted, 'pictures.json'), 'utf8')) as Pictures
    const dataset = await make('dataset', { use: 'image-folder', options: { folder: of, crop: 224, range: [-127 / 128, 1] } })
    const model = await open(converted, true)
    const errors: number[] = []
    for (const [index, { file, target, logits, gradient }] of pictures.entries()) {
      const { id, input } = await dataset.example(index)
      expect(id).toBe(file)
      const found = await logitsOf(model, input)
      expect(argmax(found)).toBe(target)
      if (!logits || !gradient) continue
      expect(apart(found, logits)).toBeLessThan(1e-5)
      errors.push(apart(await mapOf('gradient', model, input, target), gradient))
    }
    const [ours, theirs] = [errors, pictures.flatMap(({ single }) => single ?? [])].map((all) => ({ median: quantile(all.toSorted((a, b) => a - b), 0.5), worst: Math.max(...all) }))
    console.log(`gradients of ${errors.length} pictures, differences from double precision as shares of the largest value: here ${JSON.stringify(ours)}, PyTorch in single precision ${JSON.stringify(theirs)}`)
    // Of millions of values some lie so near a kink of ReLU6 that rounding moves them across.
    expect(ours!.median).toBeLessThan(3 * theirs!.median)
  })
})
