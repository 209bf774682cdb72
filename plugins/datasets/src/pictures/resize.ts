import type { Picture } from './picture.js'

/**
 * Resizes by a triangle filter that grows with the reduction, so that nothing is skipped (bilinear with antialiasing, as in Pillow and torchvision): columns first, then
 * rows. Output pixel i is the mean of input pixels j with weights max(0, 1 - |j + 1/2 - (i + 1/2) s| / max(s, 1)), s = input length / output length. Values stay between
 * the least and the largest of the input.
 */
export function resize(picture: Picture, height: number, width: number): Picture {
  if (picture.height === height && picture.width === width) return picture
  const { channels } = picture
  const columns = along(picture.data, picture.height, picture.width, channels, width)
  return { width, height, channels, data: along(columns, 1, picture.height, width * channels, height) }
}

/** Resizes the middle axis of `[outer, length, inner]`. */
function along(data: Float32Array, outer: number, length: number, inner: number, wanted: number): Float32Array {
  if (length === wanted) return data
  const out = new Float32Array(outer * wanted * inner)
  for (let to = 0; to < wanted; to++) {
    const { first, weights } = filterAt(to, length, wanted)
    for (let block = 0; block < outer; block++) {
      const start = (block * length + first) * inner
      const end = (block * wanted + to) * inner
      for (let j = 0; j < inner; j++) {
        let sum = 0
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * data[start + i * inner + j]!
        out[end + j] = sum
      }
    }
  }
  return out
}

function filterAt(to: number, length: number, wanted: number): { readonly first: number; readonly weights: readonly number[] } {
  const scale = length / wanted
  const support = Math.max(scale, 1)
  const centre = (to + 0.5) * scale
  const first = Math.max(0, Math.floor(centre - support + 0.5))
  const end = Math.min(length, Math.floor(centre + support + 0.5))
  const raw = Array.from({ length: end - first }, (_, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / support))
  const sum = raw.reduce((a, b) => a + b, 0)
  return { first, weights: raw.map((weight) => weight / sum) }
}
