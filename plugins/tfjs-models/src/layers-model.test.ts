import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Base, Engine, Host, type Model } from '@touchstone/core'
import { layers, openEngine, tf } from '@touchstone/tensor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import plugin from './index.js'

let folder: string
let original: layers.LayersModel

interface Json {
  format?: string
  modelTopology?: unknown
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: string }[] }[]
}

beforeAll(async () => {
  await openEngine()
  folder = await mkdtemp(join(tmpdir(), 'touchstone-models-'))
  original = layers.sequential({ layers: [layers.layers.dense({ inputShape: [3], units: 4, activation: 'relu' }), layers.layers.dense({ units: 2, activation: 'softmax' })] })
  await original.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const json: Json = { format: 'layers-model', modelTopology: artifacts.modelTopology, weightsManifest: [{ paths: ['a.bin', 'b.bin'], weights: artifacts.weightSpecs as Json['weightsManifest'][0]['weights'] }] }
      const bytes = Buffer.from(artifacts.weightData as ArrayBuffer)
      await writeFile(join(folder, 'model.json'), JSON.stringify(json))
      await writeFile(join(folder, 'a.bin'), bytes.subarray(0, 20))
      await writeFile(join(folder, 'b.bin'), bytes.subarray(20))
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
})

afterAll(() => rm(folder, { recursive: true }))

async function load(path: string, base = folder): Promise<Model> {
  const host = new Host([plugin])
  const resolver = host.resolver()
  const resolved = resolver.resolve('model', { use: 'layers-model', options: { path } }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  const scope = host.open([{ token: Base, value: { path: base } }])
  expect(await scope.find(Engine)).toMatchObject({ name: 'tfjs-wasm', version: '4.22.0' })
  return scope.create({ ...resolved, kind: 'model' })
}

/** A copy of the model's folder with `change` made to it. */
async function broken(change: (at: string, json: Json) => Promise<unknown>): Promise<string> {
  const copy = join(folder, 'broken')
  await rm(copy, { recursive: true, force: true })
  for (const file of ['model.json', 'a.bin', 'b.bin']) await cp(join(folder, file), join(copy, file))
  await change(copy, JSON.parse(await readFile(join(copy, 'model.json'), 'utf8')) as Json)
  return copy
}

const rewrite = (edit: (json: Json) => void) => (at: string, json: Json) => {
  edit(json)
  return writeFile(join(at, 'model.json'), JSON.stringify(json))
}

test('a model comes back from disk, by file or folder, relative to the config, with logits for its softmax', async () => {
  const inputs = { shape: [2, 3], data: Float32Array.of(1, 2, 3, -1, 0, 1) }
  const [byFolder, byFile] = [await load('.'), await load(join(folder, 'model.json'), '/')]
  const logits = await byFolder.predict(inputs)
  expect(byFolder).toMatchObject({ inputShape: [3], classCount: 2, outputs: 'logits', mflopPerRow: (2 * (12 + 8)) / 1e6 })
  expect((await byFile.predict(inputs)).data).toEqual(logits.data)
  expect(byFile.fingerprint).toBe(byFolder.fingerprint)
  const expected = await (original.apply(tf.tensor(inputs.data, [2, 3])) as tf.Tensor).data()
  const found = await tf.softmax(tf.tensor(logits.data, [2, 2])).data()
  found.forEach((p, i) => expect(p).toBeCloseTo(expected[i]!, 6))
  expect(byFolder.rowsRun()).toBe(2)
})

test.each<[string, (at: string, json: Json) => Promise<unknown>, string]>([
  ['a missing file', (at) => rm(join(at, 'model.json')), 'model.json: there is no such file'],
  ['a missing weight file', (at) => rm(join(at, 'b.bin')), 'b.bin: there is no such file'],
  ['a truncated weight file', async (at) => writeFile(join(at, 'a.bin'), (await readFile(join(at, 'a.bin'))).subarray(1)), 'its weight files hold 103 bytes, but its shapes want 104: a file is truncated or missing'],
  ['a weight file that is too long', (at) => writeFile(join(at, 'a.bin'), Buffer.alloc(24)), 'its weight files hold 108 bytes, but its shapes want 104: a file is too long'],
  ['text that is not JSON', (at) => writeFile(join(at, 'model.json'), '{"modelTopology":'), 'expected the model.json of a tfjs layers-model, but it is not JSON'],
  ['JSON that is no model', (at) => writeFile(join(at, 'model.json'), '[]'), 'expected the model.json of a tfjs layers-model, found no modelTopology in it'],
  ['a graph-model', rewrite((json) => (json.format = 'graph-model')), 'expected a tfjs layers-model, found a graph-model'],
  ['no weights manifest', rewrite((json) => (json.weightsManifest = [{ paths: [], weights: [{ name: 'x', shape: [1], dtype: 'complex' }] }])), 'expected a weightsManifest'],
  ['weights of other names', rewrite((json) => (json.weightsManifest[0]!.weights[0]!.name = 'other')), 'cannot be built as a tfjs layers-model'],
  ['weights outside the folder', rewrite((json) => (json.weightsManifest[0]!.paths = ['../a.bin'])), `weight file "../a.bin" lies outside the model's folder`],
  ['a topology of an unknown layer', rewrite((json) => (json.modelTopology = { class_name: 'Sequential', config: [{ class_name: 'Attention9', config: {} }] })), 'cannot be built as a tfjs layers-model'],
])('%s gives one clear message', async (_name, change, message) => {
  const at = await broken(change)
  const error = await load(at).catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ name: 'UserError' })
  expect((error as Error).message).toContain(message)
  expect((error as Error).message).toContain(at)
  expect((error as Error).message).not.toContain('\n')
})

test('weights that are not finite are named', async () => {
  const at = await broken((where) => writeFile(join(where, 'a.bin'), Buffer.from(new Float32Array(5).fill(Number.NaN).buffer)))
  await expect(load(at)).rejects.toThrow(/broken\/model\.json: weight "dense_Dense\d+\/kernel" holds values that are not finite/)
})

test('no path is told', async () => {
  await expect(load('')).rejects.toThrow('expected the path or URL of a model.json or its folder')
})
