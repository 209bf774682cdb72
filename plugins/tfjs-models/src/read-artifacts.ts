import { isRecord, messageOf, UserError, type FileReader, type MadeOfFiles } from '@touchstone/core'
import type { tf } from '@touchstone/tensor'
import { openFiles, type Files } from './files.js'

/** The formats of tfjs, and how to make one of the other. */
const formats = {
  'layers-model': { other: 'graph-model', advice: 'use the model "graph-model", or convert the Keras model with --output_format tfjs_layers_model' },
  'graph-model': { other: 'layers-model', advice: 'use the model "layers-model"' },
} as const

/** What a tfjs model on disk or the web consists of. */
interface ModelJson {
  readonly modelTopology: Readonly<Record<string, unknown>>
  readonly signature?: object
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly tf.io.WeightsManifestEntry[] }[]
}

/**
 * Reads `model.json` and its weight files.
 * @param place the file, or the folder that holds it: a path, or a URL of http or https.
 * @throws UserError where a file is missing, damaged, of another format, or the weights do not fill the shapes.
 */
export async function readArtifacts(place: string, format: keyof typeof formats, reader?: FileReader): Promise<tf.io.ModelArtifacts & MadeOfFiles & { readonly file: string }> {
  const files = await openFiles(place, reader)
  const { file, isLocal } = files
  const { modelTopology, weightsManifest, signature } = parse(await files.read(files.file), file, format)
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const expected = weightSpecs.reduce((sum, { shape, dtype, quantization }) => sum + shape.reduce((a, b) => a * b, 1) * bytesPer[quantization?.dtype ?? dtype]!, 0)
  if (!Number.isSafeInteger(expected) || expected > maximumBytes) throw new UserError(`${file}: its weights want ${expected} bytes, more than the ${maximumBytes} that fit the memory of TensorFlow.js`)
  const shards = weightsManifest.flatMap(({ paths }) => paths.map(files.inside))
  const weightData = await readShards(files, shards, expected)
  return { file, ...(isLocal && { files: [file, ...shards] }), modelTopology, weightSpecs, weightData, ...(signature && { signature }) }
}

/** The wasm heap ends at 4 GiB; the weights must leave room for the work. */
const maximumBytes = 2 ** 31

const bytesPer: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 }

async function readShards(files: Files, paths: readonly string[], expected: number): Promise<ArrayBuffer> {
  const shards: Uint8Array[] = []
  let found = 0
  for (const path of paths) {
    const shard = await files.read(path)
    found += shard.length
    shards.push(shard)
  }
  if (found !== expected) throw new UserError(`${files.file}: its weight files hold ${found} bytes, but its shapes want ${expected}: ${found < expected ? 'a file is truncated or missing' : 'a file is too long'}`)
  const weightData = new Uint8Array(found)
  let offset = 0
  for (const shard of shards) {
    weightData.set(shard, offset)
    offset += shard.length
  }
  return weightData.buffer
}

function parse(bytes: Uint8Array, file: string, format: keyof typeof formats): ModelJson {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new UserError(`${file}: expected the model.json of a tfjs ${format}, but it is not JSON (${messageOf(error)})`)
  }
  if (!isRecord(json) || !isRecord(json.modelTopology)) throw new UserError(`${file}: expected the model.json of a tfjs ${format}, found no modelTopology in it`)
  const { other, advice } = formats[format]
  const found = 'node' in json.modelTopology || json.format === 'graph-model' ? 'graph-model' : 'layers-model'
  if (found !== format) throw new UserError(`${file}: expected a tfjs ${format}, found a ${other}: ${advice}`)
  const { weightsManifest } = json
  const wellFormed =
    Array.isArray(weightsManifest) &&
    weightsManifest.every(
      (group: unknown) =>
        isRecord(group) &&
        Array.isArray(group.paths) &&
        group.paths.every((path) => typeof path === 'string') &&
        Array.isArray(group.weights) &&
        group.weights.every((weight: unknown) => isRecord(weight) && typeof weight.name === 'string' && isShape(weight.shape) && String(weight.dtype) in bytesPer),
    )
  if (!wellFormed) throw new UserError(`${file}: expected a weightsManifest of weight files and shapes, found none that can be read`)
  return json as unknown as ModelJson
}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && (length as number) >= 0)
}
