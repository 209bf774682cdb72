import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** SHA-256 of text and bytes, one after the other, as 64 hexadecimal digits. Each part is preceded by its length, so that parts never run together. */
export function hash(...parts: readonly (string | ArrayBufferView)[]): string {
  const digest = sha256.create()
  for (const part of parts) {
    const bytes = typeof part === 'string' ? utf8ToBytes(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
    digest.update(utf8ToBytes(`${bytes.length}:`)).update(bytes)
  }
  return bytesToHex(digest.digest())
}

/** SHA-256 of bytes as 32 bytes, by the platform where it offers that: some ten times as fast as `hash`, for what is large. */
export async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  // A browser offers it to secure pages alone.
  // To ask the platform takes longer than that.
  if (bytes.length <= 1024) return sha256(bytes)
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto }
  return subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)) : sha256(bytes)
}

/** JSON with sorted keys: equal values give equal text. `undefined` members are left out, as in JSON. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
