import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Picture, PictureHeader } from './picture.js'

/** Markers of frames: C0 to CF but for those of Huffman tables, arithmetic coding and the reserved one. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** @throws Error that says what was found instead of the header of a picture in RGB or grey. */
export function jpegHeader(bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw new Error(`a damaged JPEG (no marker at byte ${at})`)
    const marker = bytes[at + 1]!
    // Any number of fill bytes may come before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (isFrame(marker)) {
      if (at + 10 > bytes.length) break
      const [bits, components] = [bytes[at + 4]!, bytes[at + 9]!]
      if (components === 4) throw new Error('a JPEG in CMYK')
      if (components !== 1 && components !== 3) throw new Error(`a JPEG of ${components} components`)
      if (bits !== 8) throw new Error(`a JPEG of ${bits} bits per value`)
      return { format: 'JPEG', height: view.getUint16(at + 5), width: view.getUint16(at + 7), channels: components }
    }
    if (marker === 0xda || marker === 0xd9) throw new Error('a damaged JPEG (no frame before its data)')
    at += 2 + view.getUint16(at + 2)
  }
  throw new Error('a JPEG that is cut short')
}

/** What the decoder said of the picture under way. */
const said: string[] = []
let ready: Promise<typeof import('@jsquash/jpeg/decode.js').default> | undefined

/** The decoder is libjpeg in WebAssembly: the same pixels on every machine, those of libjpeg's defaults (slow integer DCT, smooth upsampling of colours). */
async function start(): Promise<typeof import('@jsquash/jpeg/decode.js').default> {
  const { default: decode, init } = await import('@jsquash/jpeg/decode.js')
  const wasm = await readFile(createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  await init({ wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength), printErr: (line: string) => void said.push(line) })
  return decode
}

/** The decoder says which picture it speaks of by order alone, so that they go one after the other. */
let last: Promise<unknown> = Promise.resolve()

/** @throws Error that says what was found. libjpeg goes on after a fault and fills up with grey; here a fault ends it. */
export function decodeJpeg(bytes: Uint8Array, header: PictureHeader): Promise<Picture> {
  const decoding = last.then(() => decodeNext(bytes, header))
  last = decoding.catch(() => undefined)
  return decoding
}

async function decodeNext(bytes: Uint8Array, { width, height, channels }: PictureHeader): Promise<Picture> {
  const decode = await (ready ??= start())
  said.length = 0
  let pixels: Uint8ClampedArray
  try {
    pixels = (await decode(bytes.slice().buffer)).data
  } catch (error) {
    // A decoder that has given up is not used again.
    ready = undefined
    throw new Error(`a JPEG that cannot be decoded (${said[0] ?? String(error)})`, { cause: error })
  }
  if (said.length > 0) throw new Error(`a damaged JPEG (${said[0]!})`)
  const data = new Float32Array(width * height * channels)
  for (let pixel = 0; pixel < width * height; pixel++) for (let channel = 0; channel < channels; channel++) data[pixel * channels + channel] = pixels[4 * pixel + channel]! / 255
  return { width, height, channels, data }
}
