import { messageOf, UserError } from '@touchstone/core'
import { decodeJpeg, jpegHeader } from './jpeg.js'
import { decodePng, pngHeader } from './png.js'

/** A decoded picture. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Values in [0, 1], row by row, the channels of a pixel beside each other. */
  readonly data: Float32Array
}

/** What the first bytes of a picture file say. */
export interface PictureHeader {
  readonly format: 'JPEG' | 'PNG'
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
}

/** What a picture may have at most, so that a header never asks for the machine's memory: 33.5 million pixels. */
export const mostPixels = 2 ** 25

/** What a picture file may have at most: 64 MiB. */
export const mostFileBytes = 2 ** 26

/**
 * Reads the header of a JPEG or PNG file; which of the two shows in its first bytes. Nothing is decoded and nothing allocated.
 * @param what names the file in messages.
 * @throws UserError for another format, for what the format has but this reader refuses (CMYK, 12 bits, grey of less than 8 bits), and for too many pixels.
 */
export function pictureHeader(bytes: Uint8Array, what: string): PictureHeader {
  try {
    const header = bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegHeader(bytes) : pngHeader(bytes)
    const { width, height } = header
    if (width === 0 || height === 0) throw new Error(`one of ${width} x ${height} pixels`)
    if (width * height > mostPixels) throw new Error(`one of ${width} x ${height} pixels, more than the ${mostPixels} that are read`)
    return header
  } catch (error) {
    throw unusable(what, messageOf(error))
  }
}

/**
 * Decodes a JPEG or PNG file. Its size is checked before memory is asked for; a file that is cut short or damaged is refused, never filled up. Colour profiles and the
 * orientation of EXIF are not applied.
 * @param what names the file in messages.
 * @throws UserError where it cannot be decoded without a fault.
 */
export async function decodePicture(bytes: Uint8Array, what: string): Promise<Picture> {
  const header = pictureHeader(bytes, what)
  try {
    return await (header.format === 'JPEG' ? decodeJpeg : decodePng)(bytes, header)
  } catch (error) {
    throw unusable(what, messageOf(error))
  }
}

function unusable(what: string, found: string): UserError {
  return new UserError(`${what}: expected a whole JPEG or PNG picture in RGB or grey, found ${found}: save it again as such, or remove it`)
}
