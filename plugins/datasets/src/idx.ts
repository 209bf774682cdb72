import { gunzipSync } from 'node:zlib'
import { messageOf, sizeOf, UserError } from '@touchstone/core'

/** An array of unsigned bytes as an IDX file holds it. */
export interface IdxArray {
  /** Lengths of the axes; the first counts the items. */
  readonly shape: readonly number[]
  /** The values, row-major: a view of the file's bytes. */
  readonly data: Uint8Array
}

/** What this reader takes at most, so that a broken header never asks for the machine's memory: 512 MiB. MNIST's largest file has 47 MB. */
export const mostBytes = 2 ** 29

/**
 * Reads an IDX file of unsigned bytes (`idx1-ubyte`, `idx3-ubyte`, ...), plain or gzipped; which of the two shows in its first bytes.
 *
 * The format: 0, 0, the type (8 for unsigned bytes), the number of axes; then the length of each axis as a big-endian 32-bit number; then the values.
 * Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
 *
 * @param bytes the file's content; the result is a view of it where it is not gzipped.
 * @param what names the file in messages: its path.
 * @throws UserError where the content is not just that.
 */
export function readIdx(bytes: Uint8Array, what: string): IdxArray {
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? unzip(bytes, what) : bytes
  const shape = shapeOf(content, what)
  const header = 4 + 4 * shape.length
  const size = sizeOf(shape)
  if (size > mostBytes) throw new UserError(`${what}: expected at most ${mostBytes} values, found a header of ${shape.join(' x ')}: give a file of fewer items`)
  if (content.length !== header + size) {
    const [fault, remedy] = content.length < header + size ? ['is cut short', 'fetch it again'] : ['has bytes to spare', 'give the file as it was published']
    throw new UserError(`${what} ${fault}: expected ${header + size} bytes (${header} of header and ${shape.join(' x ')} of values), found ${content.length}: ${remedy}`)
  }
  return { shape, data: new Uint8Array(content.buffer, content.byteOffset + header, size) }
}

function shapeOf(content: Uint8Array, what: string): readonly number[] {
  const [zero, alsoZero, type, rank] = content
  if (rank === undefined) throw new UserError(`${what} is cut short: expected an IDX header of at least 8 bytes, found ${content.length}: fetch it again`)
  if (zero !== 0 || alsoZero !== 0 || type !== 8 || rank === 0 || rank > 8) {
    throw new UserError(`${what}: expected the magic number of an IDX file of unsigned bytes (00 00 08 and the number of axes, 1 to 8), found ${hex(content.subarray(0, 4))}: give a file in that format`)
  }
  if (content.length < 4 + 4 * rank) throw new UserError(`${what} is cut short: expected a header of ${4 + 4 * rank} bytes, found ${content.length}: fetch it again`)
  const view = new DataView(content.buffer, content.byteOffset)
  return Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
}

function unzip(bytes: Uint8Array, what: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes })
  } catch (error) {
    throw new UserError(`${what}: expected gzip that unpacks to at most ${mostBytes} bytes, found a fault (${messageOf(error)}): fetch it again, or unpack it yourself`)
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
