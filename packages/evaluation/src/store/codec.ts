/**
 * Plain data to bytes and back, exactly: objects, lists, text, booleans, null, any number and typed arrays. Equal data gives equal bytes. JSON holds what
 * is not a typed array; the arrays stand behind it, each at a multiple of 8.
 *
 * Layout: length of the JSON (uint32, little-endian), the JSON in UTF-8, zeros up to a multiple of 8, the arrays.
 */

const arrays = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array, Int8Array, Uint16Array, Int16Array } as const
type ArrayName = keyof typeof arrays
type TypedArray = InstanceType<(typeof arrays)[ArrayName]>

/** The one member of what stands for something that JSON does not have; no key of data may be it. */
const mark = '\u0000'
const align = (length: number): number => Math.ceil(length / 8) * 8

/** @throws TypeError where something is not plain data, naming the place. */
export function encode(value: unknown): Uint8Array {
  const pieces: { readonly offset: number; readonly bytes: Uint8Array }[] = []
  let offset = 0
  const plain = (member: unknown, path: string): unknown => {
    if (typeof member === 'number') return Number.isFinite(member) && !Object.is(member, -0) ? member : { [mark]: Object.is(member, -0) ? '-0' : String(member) }
    if (member === null || typeof member === 'string' || typeof member === 'boolean') return member
    if (Array.isArray(member)) return member.map((item, index) => plain(item, `${path}[${index}]`))
    if (ArrayBuffer.isView(member)) {
      const name = member.constructor.name
      if (!(name in arrays)) throw new TypeError(`${path}: expected plain data, found ${name}`)
      const array = member as TypedArray
      const at = offset
      pieces.push({ offset: at, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) })
      offset = align(at + array.byteLength)
      return { [mark]: [name, at, array.length] }
    }
    if (typeof member === 'object' && isPlain(member)) {
      const entries = Object.entries(member).filter(([, inner]) => inner !== undefined)
      if (entries.some(([key]) => key === mark)) throw new TypeError(`${path}: a key is a zero character`)
      return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner, path === '' ? key : `${path}.${key}`)]))
    }
    throw new TypeError(`${path === '' ? 'value' : path}: expected plain data, found ${typeof member === 'object' ? member.constructor.name : typeof member}`)
  }
  const json = new TextEncoder().encode(JSON.stringify(plain(value, '')))
  const start = align(4 + json.length)
  const bytes = new Uint8Array(start + offset)
  new DataView(bytes.buffer).setUint32(0, json.length, true)
  bytes.set(json, 4)
  for (const piece of pieces) bytes.set(piece.bytes, start + piece.offset)
  return bytes
}

/** What `encode` was given; its arrays have memory of their own. @throws SyntaxError or RangeError for bytes that are no such data. */
export function decode(bytes: Uint8Array): unknown {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
  if (length > bytes.length - 4) throw new RangeError('the data ends too soon')
  const start = align(4 + length)
  const revive = (member: unknown): unknown => {
    if (typeof member !== 'object' || member === null) return member
    if (Array.isArray(member)) return member.map(revive)
    if (!(mark in member)) return Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, revive(inner)]))
    const special = member[mark]
    if (typeof special === 'string') return Number(special)
    const [name, offset, count] = special as [ArrayName, number, number]
    const Type = arrays[name]
    const from = start + offset
    const to = from + count * Type.BYTES_PER_ELEMENT
    if (to > bytes.length) throw new RangeError('the data ends too soon')
    return new Type(bytes.slice(from, to).buffer)
  }
  return revive(JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
