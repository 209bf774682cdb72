import { crc32, inflateSync } from 'node:zlib'
import { messageOf } from '@touchstone/core'
import type { Picture, PictureHeader } from './picture.js'

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const kinds: Readonly<Record<number, { readonly samples: number; readonly channels: 1 | 3; readonly depths: readonly number[] }>> = {
  0: { samples: 1, channels: 1, depths: [8, 16] },
  2: { samples: 3, channels: 3, depths: [8, 16] },
  3: { samples: 1, channels: 3, depths: [1, 2, 4, 8] },
  4: { samples: 2, channels: 1, depths: [8, 16] },
  6: { samples: 4, channels: 3, depths: [8, 16] },
}

/** @throws Error that says what was found instead of the header of a picture in RGB or grey. */
export function pngHeader(bytes: Uint8Array): PictureHeader {
  if (bytes.length === 0) throw new Error('an empty file')
  if (signature.some((byte, index) => bytes[index] !== byte)) throw new Error(`a file that begins with ${Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`)
  if (bytes.length < 33) throw new Error('a PNG that is cut short')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [depth, type] = [bytes[24]!, bytes[25]!]
  const kind = kinds[type]
  if (!kind) throw new Error(`a PNG of colour type ${type}`)
  if (!kind.depths.includes(depth)) throw new Error(`a PNG of ${depth} bits per value`)
  // The library reads these wrongly.
  if (bytes[28] !== 0 && depth < 8) throw new Error(`an interlaced PNG of ${depth} bits per value`)
  return { format: 'PNG', width: view.getUint32(16), height: view.getUint32(20), channels: kind.channels }
}

/** @throws Error that says what was found. Pictures with transparent pixels are refused: what they look like depends on what is behind them. */
export async function decodePng(bytes: Uint8Array, { width, height, channels }: PictureHeader): Promise<Picture> {
  // Datasets of other formats never need it.
  const { convertIndexedToRgb, decode } = await import('fast-png')
  const { content, packed } = essentials(bytes)
  const [depth, samples] = [bytes[24]!, kinds[bytes[25]!]!.samples]
  // Unpacked here first, no further than the header allows: the library would follow a few bytes to gigabytes. Each of the 7 passes of an interlaced picture rounds rows up.
  const rows = Math.ceil((width * samples * depth) / 8) + 1
  try {
    inflateSync(packed, { maxOutputLength: bytes[28] === 0 ? rows * height : 2 * (rows + 7) * (height + 7) })
  } catch (error) {
    throw new Error(`a damaged PNG (${messageOf(error)})`, { cause: error })
  }
  const decoded = decode(content)
  const values = decoded.palette ? convertIndexedToRgb(decoded) : decoded.data
  const perPixel = values.length / (width * height)
  const most = decoded.depth === 16 ? 0xffff : 0xff
  if (decoded.transparency) throw new Error('a PNG with a transparent colour')
  const hasAlpha = perPixel === channels + 1
  if (perPixel !== channels && !hasAlpha) throw new Error('a damaged PNG (too few pixels)')
  const data = new Float32Array(width * height * channels)
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (hasAlpha && values[pixel * perPixel + channels] !== most) throw new Error('a PNG with transparent pixels')
    for (let channel = 0; channel < channels; channel++) data[pixel * channels + channel] = values[pixel * perPixel + channel]! / most
  }
  return { width, height, channels, data }
}

/** The chunks that make the pixels, with checksums compared: what else may be in a file, such as compressed colour profiles, is never unpacked. */
function essentials(bytes: Uint8Array): { readonly content: Uint8Array; readonly packed: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Uint8Array[] = [Uint8Array.from(signature)]
  const data: Uint8Array[] = []
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw new Error('a PNG that is cut short')
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) throw new Error('a PNG that is cut short')
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(type)) {
      if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) throw new Error(`a damaged PNG (chunk ${type} does not fit its checksum)`)
      chunks.push(bytes.subarray(at, end))
      if (type === 'IDAT') data.push(bytes.subarray(at + 8, end - 4))
    }
    if (type === 'IEND') return { content: join(chunks), packed: join(data) }
    at = end
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
