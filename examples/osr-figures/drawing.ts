/*
 * Pictures, histograms and tables as HTML.
 */
import { crc32, deflateSync } from 'node:zlib'

/** A page by itself. */
export function page(title: string, parts: readonly string[]): string {
  const style = 'body{font:15px system-ui;margin:2em auto;max-width:1100px;padding:0 2em}h2{margin:1.6em 0 .4em}.row{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}svg{margin-right:24px}figcaption{font-weight:600}.pictures img{width:72px;height:72px;image-rendering:pixelated;margin:1px}.pictures img:first-child{outline:2px solid #c33;margin-right:12px}td,th{padding:.25em .8em;text-align:left}th{border-bottom:1px solid}'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style><h1>${title}</h1>${parts.join('\n')}</html>\n`
}

/** One row of square pictures of values in [0, 1], the first with a frame. */
export function pictures(images: readonly Float32Array[], side: number): string {
  return `<div class="pictures">${images.map((image) => `<img alt="" src="${picture(image, side)}">`).join('')}</div>`
}

export const grid = (rows: readonly string[]): string => rows.join('\n')

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<table><tr>${head.map((text) => `<th>${text}</th>`).join('')}</tr>${rows.map((row) => `<tr>${row.map((text) => `<td>${text}</td>`).join('')}</tr>`).join('')}</table>`
}

/** How often values fall into each of 24 equal parts of a range. */
export function histogram(values: readonly number[], [low, high]: readonly [number, number], label: string): string {
  const [parts, width, height] = [24, 240, 90]
  const counts = new Array<number>(parts).fill(0)
  for (const value of values) counts[Math.min(parts - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * parts)))]! += 1
  const most = Math.max(1, ...counts)
  const bars = counts.map((count, i) => `<rect x="${(i * width) / parts}" y="${height - (height * count) / most}" width="${width / parts - 1}" height="${(height * count) / most}" fill="#36c"/>`).join('')
  const text = (x: number, anchor: string, what: string | number) => `<text x="${x}" y="${height + 13}" font-size="11" text-anchor="${anchor}">${what}</text>`
  return `<svg width="${width}" height="${height + 18}" role="img" aria-label="${label}">${bars}<line x1="0" x2="${width}" y1="${height}" y2="${height}" stroke="#888"/>${text(0, 'start', low)}${text(width / 2, 'middle', label)}${text(width, 'end', high)}</svg>`
}

/** A square picture of values in [0, 1], grey or of three colours, as a data URI: PNG. */
export function picture(values: Float32Array, side: number): string {
  const channels = values.length / side ** 2
  const row = 1 + side * channels
  const raw = Buffer.alloc(side * row)
  values.forEach((value, i) => (raw[Math.floor(i / (row - 1)) * row + 1 + (i % (row - 1))] = Math.round(255 * Math.min(1, Math.max(0, value)))))
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side)
  header.writeUInt32BE(side, 4)
  header.set([8, channels === 3 ? 2 : 0], 8)
  const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(raw, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
  return `data:image/png;base64,${bytes.toString('base64')}`
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
