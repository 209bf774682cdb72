// Milliseconds for a pair of maps, and how they grow with the image; beside the same formulas in Python with NumPy and SciPy, where they are installed.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRandomness } from '../../../packages/core/dist/index.js'
import { lensKendall, lensPrec, lensRecall, lensSpearman, topKDiv } from '../dist/index.js'

const sizes = [28, 56, 112, 224, 512, 1024]
const w = 3
const measures = { recall: [lensRecall], 'recall and precision': [lensRecall, lensPrec], 'top-k-div': [topKDiv], kendall: [lensKendall], spearman: [lensSpearman] }

export async function bench() {
  const python = inPython()
  const rows = []
  for (const [name, extensions] of Object.entries(measures)) {
    const row = { name, ms: {} }
    for (const size of sizes) {
      const [a, b] = maps(size)
      const k = size === 224 ? 1000 : Math.round(size * size * (1000 / 50176))
      const compares = await Promise.all(extensions.map(async (extension) => (await extension.create({ k, w, channels: 'sum-abs' }, {})).compare))
      row.ms[size] = fastest(() => {
        // Other maps to the comparisons, which keep what they selected from a map.
        const [one, other] = [{ ...a }, { ...b }]
        compares.forEach((compare) => compare(one, other))
      }, size > 300 ? 5 : 30)
    }
    row.python = python?.[name]
    rows.push(row)
  }
  return rows
}

export function format(rows) {
  const head = ['milliseconds per pair, w = 3', ...sizes.map((size) => `${size}x${size}`), 'NumPy 224x224', 'times as fast']
  const lines = rows.map(({ name, ms, python }) => [name, ...sizes.map((size) => ms[size].toFixed(2)), python ? python.toFixed(1) : 'not installed', python ? `${(python / ms[224]).toFixed(1)}x` : '-'])
  return [head, ...lines].map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(30) : cell.padStart(14))).join('')).join('\n')
}

/** Two maps that resemble each other, without ties. */
function maps(size) {
  const randomness = createRandomness(1, `maps ${size}`)
  const a = Float32Array.from(randomness.normals('a', 0, size * size))
  const noise = randomness.normals('b', 0, size * size)
  return [a, a.map((value, i) => value + 0.5 * noise[i])].map((data) => ({ shape: [size, size, 1], data }))
}

function fastest(task, rounds) {
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    task()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** Milliseconds by Python for maps of 224 x 224; nothing where it has no NumPy and SciPy. TOUCHSTONE_PYTHON names another interpreter. */
function inPython() {
  try {
    return JSON.parse(execFileSync(process.env.TOUCHSTONE_PYTHON ?? 'python3', [fileURLToPath(new URL('comparisons.py', import.meta.url))], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch {
    return undefined
  }
}
