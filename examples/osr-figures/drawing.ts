/*
 * Pictures, histograms and tables as HTML.
 */

/** A page by itself. */
export function page(title: string, parts: readonly string[]): string {
  const style = 'body{font:15px system-ui;margin:2em auto;max-width:1100px}h2{margin:1.6em 0 .4em}.row{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}svg{margin-right:24px}figcaption{font-weight:600}.digits img{width:72px;height:72px;image-rendering:pixelated;margin:1px}.digits img:first-child{outline:2px solid #c33;margin-right:12px}td,th{padding:.25em .8em;text-align:left}th{border-bottom:1px solid}'
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style><h1>${title}</h1>${parts.join('\n')}</html>\n`
}

/** One row of digits of 28 x 28 values in [0, 1]. */
export function digits(images: readonly Float32Array[]): string {
  return `<div class="digits">${images.map((image) => `<img alt="" src="${bitmap(image, 28)}">`).join('')}</div>`
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

/** A square greyscale picture as a data URI: Windows bitmap, whose rows go upwards and whose widths here are multiples of 4. */
function bitmap(image: Float32Array, side: number): string {
  const start = 54 + 1024
  const bytes = Buffer.alloc(start + side * side)
  bytes.write('BM')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(start, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(side, 18)
  bytes.writeInt32LE(side, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(8, 28)
  for (let level = 0; level < 256; level++) bytes.fill(level, 54 + 4 * level, 57 + 4 * level)
  image.forEach((value, i) => (bytes[start + (side - 1 - Math.floor(i / side)) * side + (i % side)] = Math.round(255 * Math.min(1, Math.max(0, value)))))
  return `data:image/bmp;base64,${bytes.toString('base64')}`
}
