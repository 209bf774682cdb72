/*
 * How far scores move when nothing but the rounding of a network does: each weight's last bit flipped by a coin, and the same network on another backend where one starts.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const example = fileURLToPath(new URL('../examples/osr-paper', import.meta.url))
const network = fileURLToPath(new URL('../plugins/zoo/models/mnist-well-1', import.meta.url))
const command = fileURLToPath(new URL('../packages/cli/bin/touchstone.js', import.meta.url))

const plugins = ['tfjs-models', 'datasets', 'gradients', 'ig', 'comparisons', 'noise', 'neighbours', 'sensitivity', 'osr-gan', 'robustness-sr', 'tfjs-node'].map((name) => `@touchstone/${name}`)
const neighbours = { samples: 20, minAccepted: 8 }
const evaluation = (path, backend) => ({
  plugins,
  backend,
  models: { well: { use: 'layers-model', options: { path, foldBatchNorm: true } } },
  dataset: 'mnist',
  examples: { take: 3 },
  attributers: { saliency: 'saliency', 'input x gradient': 'input-x-gradient', ig: { use: 'integrated-gradients', options: { steps: 20 } } },
  metrics: {
    'OSR, generators': { use: 'osr', options: neighbours },
    'OSR, level sets': { use: 'osr-level-set', options: neighbours },
    sensitivity: 'sensitivity',
    'Robustness-S_r': 'robustness-sr',
  },
  seed: 1,
})

/** Of each metric the largest relative difference of a method's mean from that of the network as it is on wasm. */
export async function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-agreement-'))
  try {
    const flipped = join(folder, 'flipped')
    cpSync(network, flipped, { recursive: true })
    flipLastBits(join(flipped, 'weights.bin'))
    const means = (name, path, backend) => {
      const file = join(folder, `${name}.json`)
      writeFileSync(file, JSON.stringify(evaluation(path, backend)))
      const { status, stderr } = spawnSync(process.execPath, [command, 'run', file, '--out', join(folder, name), '--store', join(folder, `${name}-store`), '--executor', 'inline', '--quiet'], { cwd: example, encoding: 'utf8' })
      if (status !== 0) return { failure: stderr.trim() }
      return { summary: JSON.parse(readFileSync(join(folder, name, 'results.json'), 'utf8')).summary }
    }
    const reference = means('reference', network, 'wasm')
    if (reference.failure) throw new Error(reference.failure)
    return [
      ['wasm, last bits flipped', means('flipped', flipped, 'wasm')],
      ['tfjs-node', means('tfjs-node', network, 'tfjs-node')],
    ].map(([name, { summary, failure }]) => ({ name, failure, differences: summary && largestDifferences(reference.summary, summary) }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export function format(found) {
  return found.map(({ name, failure, differences }) => `${name}: ${failure ?? [...differences].map(([metric, difference]) => `${metric} ${difference.toExponential(0)}`).join(', ')}`).join('\n')
}

function largestDifferences(reference, other) {
  const largest = new Map()
  for (const [index, { metric, mean }] of reference.entries()) largest.set(metric, Math.max(largest.get(metric) ?? 0, Math.abs(other[index].mean - mean) / Math.abs(mean)))
  return largest
}

/** By a fixed sequence, so that every run flips the same; zeros stay. */
function flipLastBits(file) {
  const bytes = readFileSync(file)
  const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  let state = 1
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    if (state >= 2 ** 31 && (words[index] & 0x7fffffff) !== 0) words[index] ^= 1
  }
  writeFileSync(file, new Uint8Array(words.buffer))
}
