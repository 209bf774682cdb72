import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Base, Host, type Model } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import plugin from './index.js'

// Three inputs, two classes: softmax(x . w + b).
const weights = Float32Array.of(1, 2, 3, 4, 5, 6, 0.5, -0.5)
const json = {
  format: 'graph-model',
  modelTopology: {
    node: [
      { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '3' }] } } } },
      { name: 'w', op: 'Const' },
      { name: 'b', op: 'Const' },
      { name: 'dense', op: '_FusedMatMul', input: ['x', 'w', 'b'], attr: { fused_ops: { list: { s: [btoa('BiasAdd')] } }, num_args: { i: '1' } } },
      { name: 'softmax', op: 'Softmax', input: ['dense'] },
      { name: 'extra', op: 'Identity', input: ['softmax'] },
    ],
  },
  signature: { outputs: { probabilities: { name: 'softmax:0' } } },
  weightsManifest: [{ paths: ['a.bin'], weights: [{ name: 'w', shape: [3, 2], dtype: 'float32' }, { name: 'b', shape: [2], dtype: 'float32' }] }],
}
/** The model with an operation between its dense layer and its softmax, or in place of that. */
function ending(op: string, input: string, ...after: object[]): string {
  const node = [...json.modelTopology.node.slice(0, 4), { name: 'odd', op, input: [input] }, ...after]
  return JSON.stringify({ ...json, modelTopology: { node }, signature: undefined })
}

const files = new Map<string, string | Uint8Array>([
  ['/model/model.json', JSON.stringify(json)],
  ['/model/a.bin', new Uint8Array(weights.buffer)],
  ['/broken/model.json', JSON.stringify({ ...json, weightsManifest: [{ ...json.weightsManifest[0], paths: ['../model/a.bin'] }] })],
  ['/short/model.json', JSON.stringify(json)],
  ['/short/a.bin', new Uint8Array(4)],
  ['/huge/model.json', JSON.stringify({ ...json, weightsManifest: [{ paths: ['a.bin'], weights: [{ name: 'w', shape: [1e6, 1e6], dtype: 'float32' }] }] })],
  ['/layers/model.json', JSON.stringify({ ...json, format: 'layers-model', modelTopology: {} })],
  ['/cos/model.json', ending('Cos', 'dense')],
  ['/cos/a.bin', new Uint8Array(weights.buffer)],
  ['/cos-softmax/model.json', ending('Cos', 'dense', { name: 'softmax', op: 'Softmax', input: ['odd'] })],
  ['/cos-softmax/a.bin', new Uint8Array(weights.buffer)],
  ['/nobody/model.json', ending('NobodyKnows', 'dense')],
  ['/nobody/a.bin', new Uint8Array(weights.buffer)],
])

let folder: string
let server: Server
let origin: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'touchstone-models-'))
  for (const file of ['model.json', 'a.bin']) await writeFile(join(folder, file), files.get(`/model/${file}`)!)
  server = createServer((request, response) => {
    const found = files.get(new URL(request.url!, 'http://host').pathname)
    response.writeHead(found === undefined ? 404 : 200)
    response.end(found)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

async function load(path: string): Promise<Model> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('model', { use: 'graph-model', options: { path } }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  return host.open([{ token: Base, value: { path: folder } }]).create({ ...resolved, kind: 'model' })
}

test('a graph-model comes from disk and from the web, with logits for its softmax', async () => {
  const inputs = { shape: [1, 3], data: Float32Array.of(1, 0, -1) }
  const models = await Promise.all(['.', `${origin}/model`, `${origin}/model/model.json?key=1`].map(load))
  for (const model of models) {
    expect(model).toMatchObject({ inputShape: [3], classCount: 2, outputs: 'logits', fingerprint: models[0]!.fingerprint })
    expect([...(await model.predict(inputs)).data]).toEqual([1 - 5 + 0.5, 2 - 6 - 0.5])
    expect(model.capabilities.network).toBeDefined()
  }
})

test('an operation that no network has leaves a model that predicts and says why it does no more', async () => {
  const inputs = { shape: [3, 3], data: Float32Array.of(1, 0, -1, 0.1, 0.2, 0.3, 1, 1, 1) }
  const logits = await (await load('.')).predict(inputs)
  const before = tf.memory().numTensors
  const model = await load(`${origin}/cos`)
  expect(model).toMatchObject({ inputShape: [3], classCount: 2, outputs: 'probabilities', capabilities: { networkMissing: 'layer "odd" (Cos) is not supported' } })
  const found = await model.predict(inputs)
  expect(found.shape).toEqual([3, 2])
  found.data.forEach((value, i) => expect(value).toBeCloseTo(Math.cos(logits.data[i]!), 5))
  expect(model.rowsRun()).toBe(3)

  const separated = await load(`${origin}/cos-softmax`)
  expect(separated.outputs).toBe('logits')
  expect((await separated.predict(inputs)).data).toEqual(found.data)
  expect(() => networkOf(separated)).toThrow('this method needs the layers of the model, but layer "odd" (Cos) is not supported; methods that ask for outputs alone would work, such as occlusion')
  await separated.dispose!()
  await model.dispose!()
  expect(tf.memory().numTensors).toBe(before)
})

test.each([
  ['nowhere', '/nowhere/model.json: there is no such file'],
  ['broken', 'weight file "../model/a.bin" lies outside the model\'s folder'],
  ['short', 'its weight files hold 4 bytes, but its shapes want 32: a file is truncated or missing'],
  ['huge', 'its weights want 4000000000000 bytes, more than'],
  ['layers', 'expected a tfjs graph-model, found a layers-model: use the model "layers-model"'],
  ['nobody', 'layer "odd" (NobodyKnows) is not supported, and TensorFlow.js cannot run it either: Unknown op'],
])('%s gives one clear message', async (at, message) => {
  const error = await load(`${origin}/${at}`).catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ name: 'UserError' })
  expect((error as Error).message).toContain(message)
  expect((error as Error).message).toContain(`${origin}/${at}`)
})
