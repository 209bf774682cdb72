import { UserError } from './errors.js'
import { sizeOf, type Rows } from './rows.js'

/** An array of a NumPy file. */
export interface NpyArray {
  readonly shape: readonly number[]
  /** As in `uint8` or `float32`. */
  readonly type: string
  /** Value `index` in row-major order. */
  readonly at: (index: number) => number
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Types by NumPy's letters: name, bytes, and how a value is read. Numbers of 64 bits are exact up to 2^53. */
const types: Readonly<Record<string, readonly [name: string, bytes: number, read: (view: DataView, offset: number, little: boolean) => number]>> = {
  b1: ['bool', 1, (view, offset) => view.getUint8(offset)],
  u1: ['uint8', 1, (view, offset) => view.getUint8(offset)],
  i1: ['int8', 1, (view, offset) => view.getInt8(offset)],
  u2: ['uint16', 2, (view, offset, little) => view.getUint16(offset, little)],
  i2: ['int16', 2, (view, offset, little) => view.getInt16(offset, little)],
  u4: ['uint32', 4, (view, offset, little) => view.getUint32(offset, little)],
  i4: ['int32', 4, (view, offset, little) => view.getInt32(offset, little)],
  u8: ['uint64', 8, (view, offset, little) => Number(view.getBigUint64(offset, little))],
  i8: ['int64', 8, (view, offset, little) => Number(view.getBigInt64(offset, little))],
  f4: ['float32', 4, (view, offset, little) => view.getFloat32(offset, little)],
  f8: ['float64', 8, (view, offset, little) => view.getFloat64(offset, little)],
}

/**
 * Reads a NumPy array file of versions 1 to 3, row-major, of booleans, integers or float32 and float64. Values are read when asked for, from the file's bytes.
 *
 * Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
 *
 * @param what names the file in messages.
 * @throws UserError where the content is not just that.
 */
export function readNpy(bytes: Uint8Array, what: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  if (bytes.length < 12 || magic.some((byte, index) => bytes[index] !== byte) || version < 1 || version > 3) throw new UserError(`${what}: expected a NumPy array of version 1 to 3, found ${bytes.length === 0 ? 'nothing' : 'something else'}: write it by numpy.save or numpy.savez`)
  const start = version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true)
  const header = new TextDecoder().decode(bytes.slice(version === 1 ? 10 : 12, start)).trim()
  const descr = /'descr':\s*'([<>|=])(\w+)'/.exec(header)
  const lengths = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1]
  const type = types[descr?.[2] ?? '']
  if (lengths === undefined || !descr || !type) throw new UserError(`${what}: expected an array of ${Object.values(types).map(([name]) => name).join(', ')}, found header ${header.slice(0, 200)}: convert it by astype`)
  if (/'fortran_order':\s*True/.test(header)) throw new UserError(`${what}: expected a row-major array, found one in Fortran order: convert it by numpy.ascontiguousarray`)
  const shape = lengths.split(',').filter((length) => length.trim() !== '').map(Number)
  const [name, size, read] = type
  if (bytes.length !== start + sizeOf(shape) * size) throw new UserError(`${what}: expected ${start + sizeOf(shape) * size} bytes for ${name} of shape [${shape.join(', ')}], found ${bytes.length}: write or fetch it again`)
  const little = descr[1] !== '>'
  return { shape, type: name, at: (index) => read(view, start + index * size, little) }
}

/**
 * Reads float32 rows, as `encodeNpy` writes them.
 * @param what the file's name, for messages.
 * @param first how many rows, from the first on; all unless told.
 * @throws UserError for anything else, or a file of another length than its header says.
 */
export function decodeNpy(bytes: Uint8Array, what: string, first = Infinity): Rows {
  const { shape, type, at } = readNpy(bytes, what)
  if (type !== 'float32') throw new UserError(`${what}: expected float32, found ${type}: convert it by astype`)
  const some = shape.length === 0 ? shape : [Math.min(shape[0]!, first), ...shape.slice(1)]
  return { shape: some, data: Float32Array.from({ length: sizeOf(some) }, (_, index) => at(index)) }
}

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
