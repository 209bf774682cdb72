import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** SHA-256 of bytes, in hexadecimal digits. */
export function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The same of files as they are now, by path; those that cannot be read are left out. */
export async function sumsOfFiles(paths: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const sums: Record<string, string> = {}
  for (const path of paths) {
    const sum = createHash('sha256')
    try {
      for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(piece as Uint8Array)
    } catch {
      continue
    }
    sums[path] = sum.digest('hex')
  }
  return sums
}
