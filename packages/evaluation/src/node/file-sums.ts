import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** SHA-256 of bytes, in hexadecimal digits. */
export function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The same of files as they are now, by path; those that cannot be read are left out. */
export async function sumsOfFiles(paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const sums: Record<string, string> = {}
  // One for all: pieces that are made anew fill memory faster than it is given back.
  const piece = new Uint8Array(1 << 18)
  for (const path of paths) {
    try {
      await using file = await open(path)
      const sum = createHash('sha256')
      for (let read = await file.read(piece); read.bytesRead > 0; read = await file.read(piece)) sum.update(piece.subarray(0, read.bytesRead))
      sums[path] = sum.digest('hex')
    } catch {
      continue
    }
  }
  return sums
}
