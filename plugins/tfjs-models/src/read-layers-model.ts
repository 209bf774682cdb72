import { isRecord, messageOf, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'

/** What a tfjs layers-model on disk consists of. */
interface ModelJson {
  readonly modelTopology: Readonly<Record<string, unknown>>
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly tf.io.WeightsManifestEntry[] }[]
}

/**
 * Reads `model.json` and its weight files.
 * @param path the file, or the folder that holds it.
 * @throws UserError where a file is missing, damaged, of another format, or the weights do not fill the shapes.
 */
export async function readLayersModel(path: string): Promise<tf.io.ModelArtifacts> {
  // Loaded here, so that the rest of the plugin also runs in a browser.
  const { readFile, stat } = await import('node:fs/promises')
  const { default: nodePath } = await import('node:path')
  const read = async (file: string): Promise<Uint8Array> => {
    try {
      return await readFile(file)
    } catch (error) {
      throw new UserError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(error)}`)
    }
  }

  const isFolder = await stat(path).then((found) => found.isDirectory(), () => false)
  const file = isFolder ? nodePath.join(path, 'model.json') : path
  const { modelTopology, weightsManifest } = parse(await read(file), file)
  const folder = nodePath.dirname(file)
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const shards: Uint8Array[] = []
  for (const shard of weightsManifest.flatMap(({ paths }) => paths)) {
    const inside = nodePath.relative(folder, nodePath.join(folder, shard))
    if (nodePath.isAbsolute(shard) || inside.startsWith('..')) throw new UserError(`${file}: weight file "${shard}" lies outside the model's folder`)
    shards.push(await read(nodePath.join(folder, shard)))
  }
  const expected = weightSpecs.reduce((sum, { shape, dtype, quantization }) => sum + shape.reduce((a, b) => a * b, 1) * bytesPer[quantization?.dtype ?? dtype]!, 0)
  const found = shards.reduce((sum, { length }) => sum + length, 0)
  if (found !== expected) throw new UserError(`${file}: its weight files hold ${found} bytes, but its shapes want ${expected}: ${found < expected ? 'a file is truncated or missing' : 'a file is too long'}`)
  const weightData = new Uint8Array(found)
  let offset = 0
  for (const shard of shards) {
    weightData.set(shard, offset)
    offset += shard.length
  }
  return { modelTopology, weightSpecs, weightData: weightData.buffer }
}

const bytesPer: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 }

function parse(bytes: Uint8Array, file: string): ModelJson {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new UserError(`${file}: expected the model.json of a tfjs layers-model, but it is not JSON (${messageOf(error)})`)
  }
  if (!isRecord(json) || !isRecord(json.modelTopology)) throw new UserError(`${file}: expected the model.json of a tfjs layers-model, found no modelTopology in it`)
  if (json.format === 'graph-model' || 'node' in json.modelTopology) throw new UserError(`${file}: expected a tfjs layers-model, found a graph-model: convert the Keras model with --output_format tfjs_layers_model`)
  const { weightsManifest } = json
  const wellFormed =
    Array.isArray(weightsManifest) &&
    weightsManifest.every(
      (group: unknown) =>
        isRecord(group) &&
        Array.isArray(group.paths) &&
        group.paths.every((path) => typeof path === 'string') &&
        Array.isArray(group.weights) &&
        group.weights.every((weight: unknown) => isRecord(weight) && typeof weight.name === 'string' && Array.isArray(weight.shape) && weight.shape.every(Number.isSafeInteger) && String(weight.dtype) in bytesPer),
    )
  if (!wellFormed) throw new UserError(`${file}: expected a weightsManifest of weight files and shapes, found none that can be read`)
  return json as unknown as ModelJson
}
