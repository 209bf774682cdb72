import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Base, Host, type Model } from '@touchstone/core'
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
      { name: 'dense', op: '_FusedMatMul', input: ['x', 'w', 'b'], attr: { fused_ops: { list: { s: [btoa('BiasAdd')] } } } },
      { name: 'softmax', op: 'Softmax', input: ['dense'] },
      { name: 'extra', op: 'Identity', input: ['softmax'] },
    ],
  },
  signature: { outputs: { probabilities: { name: 'softmax:0' } } },
  weightsManifest: [{ paths: ['a.bin'], weights: [{ name: 'w', shape: [3, 2], dtype: 'float32' }, { name: 'b', shape: [2], dtype: 'float32' }] }],
}
const files = new Map<string, string | Uint8Array>([
  ['/model/model.json', JSON.stringify(json)],
  ['/model/a.bin', new Uint8Array(weights.buffer)],
  ['/broken/model.json', JSON.stringify({ ...json, weightsManifest: [{ ...json.weightsManifest[0], paths: ['../model/a.bin'] }] })],
  ['/short/model.json', JSON.stringify(json)],
  ['/short/a.bin', new Uint8Array(4)],
  ['/huge/model.json', JSON.stringify({ ...json, weightsManifest: [{ paths: ['a.bin'], weights: [{ name: 'w', shape: [1e6, 1e6], dtype: 'float32' }] }] })],
  ['/layers/model.json', JSON.stringify({ ...json, format: 'layers-model', modelTopology: {} })],
  ['/fft/model.json', JSON.stringify({ ...json, modelTopology: { node: json.modelTopology.node.map((node) => (node.name === 'softmax' ? { ...node, op: 'FFT' } : node)) } })],
  ['/fft/a.bin', new Uint8Array(weights.buffer)],
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

test.each([
  ['nowhere', '/nowhere/model.json: there is no such file'],
  ['broken', 'weight file "../model/a.bin" lies outside the model\'s folder'],
  ['short', 'its weight files hold 4 bytes, but its shapes want 32: a file is truncated or missing'],
  ['huge', 'its weights want 4000000000000 bytes, more than'],
  ['layers', 'expected a tfjs graph-model, found a layers-model: use the model "layers-model"'],
  ['fft', 'layer "softmax" (FFT) is not supported'],
])('%s gives one clear message', async (at, message) => {
  const error = await load(`${origin}/${at}`).catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ name: 'UserError' })
  expect((error as Error).message).toContain(message)
  expect((error as Error).message).toContain(`${origin}/${at}`)
})
