import { UserError } from '@touchstone/core'
import type { Picture, PictureHeader } from './picture.js'
import { mostPixels } from './picture.js'
import { resize } from './resize.js'

/** How pictures become inputs of one shape. */
export interface Preparation {
  /** The length of the shorter side, the other in proportion; or height and width. */
  readonly resize: number | readonly [height: number, width: number] | undefined
  /** Of the middle: a side, or height and width. */
  readonly crop: number | readonly [height: number, width: number] | undefined
  /** `rgb`: colour pictures; `grey`: all turned grey; `to-rgb`: grey pictures get three equal channels. */
  readonly colour: 'rgb' | 'grey' | 'to-rgb'
}

/** Height and width after resizing and cropping. @throws UserError where the picture is smaller than the crop, or its new size beyond the limit. */
export function preparedSize({ height, width }: Pick<PictureHeader, 'height' | 'width'>, { resize: size, crop }: Preparation, what: string): readonly [height: number, width: number] {
  const resized = resizedSize(height, width, size)
  if (resized[0] * resized[1] > mostPixels) throw new UserError(`${what}: expected at most ${mostPixels} pixels, found ${resized[0]} x ${resized[1]} after options.resize: choose a smaller size`)
  if (crop === undefined) return resized
  const cropped = typeof crop === 'number' ? ([crop, crop] as const) : crop
  if (cropped[0] > resized[0] || cropped[1] > resized[1]) {
    throw new UserError(`${what}: expected at least ${cropped[0]} x ${cropped[1]} pixels (height x width) to crop, found ${resized[0]} x ${resized[1]}: set options.resize, or crop less`)
  }
  return cropped
}

/** Grey or RGB, resized, then cropped. */
export function prepare(picture: Picture, preparation: Preparation, what: string): Picture {
  const size = preparedSize(picture, preparation, what)
  const coloured = preparation.colour === 'grey' ? greyOf(picture) : picture
  const [height, width] = resizedSize(picture.height, picture.width, preparation.resize)
  const prepared = cropMiddle(resize(coloured, height, width), size)
  return preparation.colour === 'to-rgb' && prepared.channels === 1 ? threeEqual(prepared) : prepared
}

/** By a number the shorter side, the longer one rounded down, as torchvision does. */
function resizedSize(height: number, width: number, size: Preparation['resize']): readonly [number, number] {
  if (size === undefined) return [height, width]
  if (typeof size !== 'number') return size
  const long = (side: number, shorter: number): number => Math.floor((size * side) / shorter)
  return height <= width ? [size, long(width, height)] : [long(height, width), size]
}

/** 0.299 R + 0.587 G + 0.114 B. Source: ITU-R BT.601. */
function greyOf({ width, height, channels, data }: Picture): Picture {
  if (channels === 1) return { width, height, channels, data }
  const grey = Float32Array.from({ length: width * height }, (_, i) => Math.min(1, 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!))
  return { width, height, channels: 1, data: grey }
}

function threeEqual({ width, height, data }: Picture): Picture {
  return { width, height, channels: 3, data: Float32Array.from({ length: 3 * width * height }, (_, i) => data[Math.floor(i / 3)]!) }
}

function cropMiddle(picture: Picture, [height, width]: readonly [number, number]): Picture {
  if (picture.height === height && picture.width === width) return picture
  const { channels } = picture
  const [top, left] = [Math.floor((picture.height - height) / 2), Math.floor((picture.width - width) / 2)]
  const data = new Float32Array(height * width * channels)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * channels
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels)
  }
  return { width, height, channels, data }
}
