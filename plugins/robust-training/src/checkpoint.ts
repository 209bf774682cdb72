import { hash, isRecord, sizeOf, UserError } from '@touchstone/core'
import { tf } from '@touchstone/tensor'

/** Where a training is: all that the next step depends on, beside data, options and seed. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** Whether it reached its aim and ends here. */
  readonly done: boolean
  /** The weights, each with what the optimiser keeps for it. */
  readonly tensors: readonly (readonly tf.Tensor[])[]
}

interface Header {
  readonly format: 'touchstone-training/1'
  readonly identity: string
  readonly step: number
  readonly done: boolean
  readonly content: string
}

/** How many bytes hold the length of the header. */
const prefix = 4

/** A state as bytes: the length of a JSON header in 4 bytes, the header, and all values as float32, little-endian. */
export async function writeState({ step, done, tensors }: TrainingState, identity: string): Promise<Uint8Array> {
  const arrays = await Promise.all(tensors.flat().map((tensor) => tensor.data<'float32'>()))
  const values = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const array of arrays) {
    values.set(array, offset)
    offset += array.length
  }
  const header: Header = { format: 'touchstone-training/1', identity, step, done, content: hash(values) }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(prefix + text.length + values.byteLength)
  new DataView(bytes.buffer).setUint32(0, text.length, true)
  bytes.set(text, prefix)
  bytes.set(new Uint8Array(values.buffer), prefix + text.length)
  return bytes
}

/**
 * @param shapes of the weights, each with those of the optimiser's tensors
 * @throws UserError where the bytes are damaged, or were written by another training.
 */
export function readState(bytes: Uint8Array, identity: string, shapes: readonly (readonly (readonly number[])[])[]): TrainingState {
  const header = headerOf(bytes)
  if (!header) throw new UserError('the checkpoint is damaged or none of a training: remove it to begin anew')
  if (header.identity !== identity) throw new UserError('the checkpoint belongs to another training, with another model, data, options or seed: remove it to begin anew, or name another folder')
  const from = prefix + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  // A copy, since the values need not lie at a multiple of 4 bytes; `slice` of Node's Buffer makes none.
  const values = new Float32Array(new Uint8Array(bytes.subarray(from)).buffer)
  if (hash(values) !== header.content) throw new UserError('the checkpoint is damaged: its values are not those that were written; remove it to begin anew')
  let offset = 0
  const tensors = shapes.map((ofWeight) =>
    ofWeight.map((shape) => {
      const size = sizeOf(shape)
      offset += size
      return tf.keep(tf.tensor(values.slice(offset - size, offset), [...shape]))
    }),
  )
  return { step: header.step, done: header.done, tensors }
}

function headerOf(bytes: Uint8Array): Header | undefined {
  try {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(prefix, prefix + length)))
    const whole = isRecord(header) && header.format === 'touchstone-training/1' && Number.isSafeInteger(header.step) && (bytes.length - prefix - length) % 4 === 0
    return whole ? (header as unknown as Header) : undefined
  } catch {
    return undefined
  }
}
