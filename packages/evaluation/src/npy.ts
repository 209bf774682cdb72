import { sizeOf, UserError, type Rows } from '@touchstone/core'

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Rows as a NumPy file: version 1.0, little-endian float32, row-major. `numpy.load` reads it. */
export function encodeNpy({ shape, data }: Rows): Uint8Array {
  const header = npyHeader(shape)
  const bytes = new Uint8Array(header.length + data.length * 4)
  bytes.set(header)
  bytes.set(littleEndian(data), header.length)
  return bytes
}

/** What a NumPy file of rows begins with; the rows follow, one after the other, as `littleEndian` gives them. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const bytes = new Uint8Array(10 + header.length)
  const view = new DataView(bytes.buffer)
  bytes.set([...magic, 1, 0])
  view.setUint16(8, header.length, true)
  bytes.set(new TextEncoder().encode(header), 10)
  return bytes
}

/** The bytes of float32 values on any machine. */
export function littleEndian(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.length * 4)
  const view = new DataView(bytes.buffer)
  data.forEach((value, index) => view.setFloat32(index * 4, value, true))
  return bytes
}

/**
 * Reads what `encodeNpy` writes.
 * @param what the file's name, for messages.
 * @param first how many rows, from the first on; all unless told.
 * @throws UserError for anything else, or a file of another length than its header says.
 */
export function decodeNpy(bytes: Uint8Array, what: string, first = Infinity): Rows {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 10 || magic.some((byte, index) => bytes[index] !== byte) || bytes[6] !== 1) throw new UserError(`${what}: expected a NumPy file of version 1.0`)
  const start = 10 + view.getUint16(8, true)
  const header = new TextDecoder().decode(bytes.subarray(10, start))
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1]?.split(',').filter((length) => length.trim() !== '').map(Number)
  if (!shape || !header.includes("'<f4'") || !header.includes("'fortran_order': False")) throw new UserError(`${what}: expected row-major little-endian float32, found header ${header.trim()}`)
  const length = sizeOf(shape)
  if (bytes.length !== start + length * 4) throw new UserError(`${what}: shape [${shape.join(', ')}] wants ${start + length * 4} bytes, found ${bytes.length}`)
  const rows = Math.min(shape[0] ?? 0, first)
  const read = shape.length === 0 ? length : rows * sizeOf(shape.slice(1))
  return { shape: shape.length === 0 ? shape : [rows, ...shape.slice(1)], data: Float32Array.from({ length: read }, (_, index) => view.getFloat32(start + index * 4, true)) }
}
