import { crc32, inflateRawSync } from 'node:zlib'
import { messageOf, UserError } from '@touchstone/core'
import { mostBytes } from './idx.js'

const endSignature = 0x06054b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50

/** A file in a zip archive as its directory describes it. */
export interface ZipEntry {
  readonly name: string
  /** Unpacked bytes. @throws UserError where they are damaged. */
  readonly read: () => Uint8Array
}

/**
 * The files of a zip archive by its central directory. Files that are stored are read in place; those that are deflated are unpacked when asked for, never to more than
 * their stated length or 512 MiB. Checksums are compared. Archives of more than 4 GiB (zip64), encrypted ones and other methods are refused.
 *
 * Source: PKWARE, ".ZIP File Format Specification", 4.3.
 *
 * @param what names the archive in messages: its path.
 * @throws UserError where the archive is damaged.
 */
export function readZip(bytes: Uint8Array, what: string): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const damaged = (found: string): UserError => new UserError(`${what}: expected a whole zip archive, found ${found}: write or fetch it again`)
  const end = endOf(view)
  if (end === undefined) throw damaged(bytes.length === 0 ? 'an empty file' : 'no directory at its end')
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const entries: ZipEntry[] = []
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || view.getUint32(at, true) !== centralSignature) throw damaged(`a directory that breaks off after ${index} of ${count} files`)
    const [flags, method, checksum, packed, size] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true), view.getUint32(at + 16, true), view.getUint32(at + 20, true), view.getUint32(at + 24, true)]
    const [nameLength, extraLength, commentLength, local] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true)]
    const name = new TextDecoder().decode(bytes.slice(at + 46, at + 46 + nameLength))
    at += 46 + nameLength + extraLength + commentLength
    const fault = (found: string): UserError => new UserError(`${what}: expected ${name} to be whole, found ${found}: write or fetch it again`)
    entries.push({
      name,
      read: () => {
        if ((flags & 1) !== 0 || (method !== 0 && method !== 8)) throw fault((flags & 1) !== 0 ? 'that it is encrypted' : `packing method ${method}, where stored (0) and deflate (8) are understood`)
        if (size > mostBytes) throw fault(`${size} bytes, more than the ${mostBytes} that are read`)
        if (local + 30 > bytes.length || view.getUint32(local, true) !== localSignature) throw fault('none of it where the directory says it is')
        const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
        const content = bytes.subarray(start, start + packed)
        if (content.length !== packed) throw fault(`${content.length} of its ${packed} bytes`)
        let unpacked: Uint8Array = content
        if (method === 8) {
          try {
            // maxOutputLength wants at least 1.
            unpacked = inflateRawSync(content, { maxOutputLength: size + 1 })
          } catch (error) {
            throw fault(`a fault (${messageOf(error)})`)
          }
        }
        if (unpacked.length !== size) throw fault(`${unpacked.length} bytes where its directory says ${size}`)
        if (crc32(unpacked) !== checksum) throw fault('bytes that do not fit its checksum')
        return unpacked
      },
    })
  }
  return entries
}

/** Where the end record is: before a comment of at most 65,535 bytes. */
function endOf(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) if (view.getUint32(at, true) === endSignature) return at
  return undefined
}
