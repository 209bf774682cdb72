import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** An incremental SHA-256. */
interface Sum {
  readonly update: (bytes: Uint8Array) => Sum
  readonly digest: () => Uint8Array
}

/** Node's, which takes text as well. */
interface NativeSum {
  readonly update: (data: Uint8Array | string) => NativeSum
  readonly digest: ((encoding: 'hex') => string) & (() => Uint8Array)
}

interface BuiltinModules {
  readonly 'node:crypto': { readonly createHash: (name: 'sha256') => NativeSum }
  readonly 'node:buffer': { readonly Buffer: { readonly byteLength: (text: string) => number } }
}

interface NodeLike {
  readonly process?: { readonly getBuiltinModule?: <Name extends keyof BuiltinModules>(name: Name) => BuiltinModules[Name] | undefined }
}

/** Node's own where this is Node, some twenty times as fast; elsewhere plain JavaScript. */
const builtin = (globalThis as unknown as NodeLike).process?.getBuiltinModule
const native = builtin?.('node:crypto')
const byteLength = builtin?.('node:buffer')?.Buffer.byteLength
const createSum = (): Sum => native?.createHash('sha256') ?? sha256.create()

/** SHA-256 of text and bytes, one after the other, as 64 hexadecimal digits. Each part is preceded by its length in bytes, so that parts never run together. */
export function hash(...parts: readonly (string | ArrayBufferView)[]): string {
  return native && byteLength ? nativeHash(native.createHash('sha256'), byteLength, parts) : plainHash(parts)
}

/** Keys are made of a few short texts, ten thousands of times: what costs is every call, so that texts go in together. */
function nativeHash(sum: NativeSum, lengthOf: (text: string) => number, parts: readonly (string | ArrayBufferView)[]): string {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += `${lengthOf(part)}:${part}`
    else {
      sum.update(`${text}${part.byteLength}:`).update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
      text = ''
    }
  }
  return sum.update(text).digest('hex')
}

function plainHash(parts: readonly (string | ArrayBufferView)[]): string {
  const sum = sha256.create()
  for (const part of parts) {
    const bytes = typeof part === 'string' ? utf8ToBytes(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    sum.update(utf8ToBytes(`${bytes.length}:`)).update(bytes)
  }
  return bytesToHex(sum.digest())
}

/** SHA-256 of bytes as 32 bytes; large ones are left to the platform, where it offers that. */
export async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  // A browser offers it to secure pages alone; to ask it takes longer than to sum up a little.
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto }
  if (native || !subtle || bytes.length <= 1024) return new Uint8Array(createSum().update(bytes).digest())
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}

/** SHA-256 of bytes as 64 hexadecimal digits. */
export async function digestHex(bytes: Uint8Array): Promise<string> {
  return bytesToHex(await digest(bytes))
}

/** JSON with sorted keys: equal values give equal text. `undefined` members are left out, as in JSON. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
