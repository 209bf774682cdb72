import { createRandomness, type ResolvedExtension, type Rows } from '@touchstone/core'
import { compareMethods, compareRankings, scoreTables, type Gallery, type ResolvedConfig, type ResultRow, type Results, type RunRecord, type SummaryRow } from '@touchstone/evaluation'
import type { ReportInput } from './report.js'

/** What a test may choose; the rest is made up. */
export interface Wishes {
  readonly models?: readonly string[]
  readonly attributers?: readonly string[]
  readonly metrics?: readonly string[]
  readonly examples?: number
  readonly inputShape?: readonly number[]
  readonly classNames?: readonly string[]
  readonly correctFor?: ResolvedConfig['examples']['correctFor']
  /** The score of an example, or why it has none. */
  readonly score?: (model: number, attributer: number, metric: number, example: number) => number | string
}

/** A whole run without any model: strokes as inputs, smooth waves under them as maps. */
export function madeUpRun(wishes: Wishes = {}): ReportInput {
  const { models = ['well', 'bad'], attributers = ['ig', 'lrp'], metrics = ['osr', 'fidelity'], examples: count = 3, inputShape = [28, 28, 1] } = wishes
  const score = wishes.score ?? ((model, attributer, metric, example) => 0.2 + 0.3 * model + 0.1 * attributer + 0.05 * metric + 0.01 * example)
  const directions = metrics.map((_, index): SummaryRow['direction'] => (index % 2 === 0 ? 'lower' : 'higher'))
  const examples = Array.from({ length: count }, (_, index) => ({ id: `made-up-${index}`, label: index % 4 }))
  const rows = models.flatMap((model, m) =>
    examples.flatMap(({ id }, e) =>
      attributers.flatMap((attributer, a) =>
        metrics.map((metric, k): ResultRow => {
          const value = score(m, a, k, e)
          return { model, example: id, attributer, metric, ...(typeof value === 'number' ? { value } : { value: null, reason: value }) }
        }),
      ),
    ),
  )
  const summary = models.flatMap((model) =>
    attributers.flatMap((attributer) => metrics.map((metric, k) => summarise(rows.filter((row) => row.model === model && row.attributer === attributer && row.metric === metric), directions[k]!))),
  )
  const results: Results = {
    format: 'touchstone-results/1',
    comparisons: compareMethods(scoreTables(rows), new Map(metrics.map((metric, index) => [metric, directions[index]!])), 7),
    metrics: Object.fromEntries(metrics.map((metric, index) => [metric, { judges: index % 2 === 0 ? 'robustness' : 'faithfulness', summary: 'How much is made up' }])),
    ranks: [],
    agreement: compareRankings(scoreTables(rows), 7),
    diagnostics: [],
    diagnosticSummary: [],
    curves: [],
    config: {
      seed: 7,
      target: 'predicted',
      examples: { take: count, correctFor: wishes.correctFor ?? 'any' },
      models: named(models, (label) => extension('model', 'layers-model', '@touchstone/tfjs-models', { path: `./${label}/model.json` })),
      dataset: extension('dataset', 'mnist', '@touchstone/datasets', { split: 'test' }),
      attributers: named(attributers, () => extension('attributer', 'integrated-gradients', '@touchstone/ig', { steps: 50 })),
      metrics: named(metrics, () => ({ ...extension('score', 'robustness', '@touchstone/evaluation', { samples: 10 }), preset: 'osr' })),
    },
    engine: { name: 'tfjs-wasm', version: '4.22.0', kernels: '1' },
    models: named(models, (label) => ({ fingerprint: label, inputShape, classCount: 10, mflopPerRow: 2.35 })),
    dataset: { fingerprint: 'made up', size: 10_000, inputShape, range: { low: 0, high: 1 }, classNames: wishes.classNames ?? null },
    examples,
    predictions: models.flatMap((model, m) =>
      examples.map(({ id, label }, e) => ({ model, example: id, predicted: m === 1 && e % 3 === 1 ? (label + 5) % 10 : label, target: label, output: 11.2 - 4 * m - 0.37 * e })),
    ),
    rows,
    summary,
  }
  const run: RunRecord = {
    format: 'touchstone-run/1',
    startedAt: '2026-01-02T03:04:05.000Z',
    seconds: 83.4,
    stages: [{ stage: 'load', seconds: 0.8 }, { stage: 'select', seconds: 1.6 }, { stage: 'evaluate', seconds: 81 }],
    executor: extension('executor', 'inline', '@touchstone/evaluation', {}),
    batchRows: 64,
    rowsRun: named(models, (_, index) => 123_456 + index),
    units: { kept: 0, computed: 1000 },
    host: { runtime: 'Node.js 20.20.2', platform: 'linux x64', cores: 2 },
    warnings: [],
  }
  return {
    results,
    run,
    inputs: stack(inputShape, examples.map((_, e) => drawing(inputShape, e))),
    maps: new Map(models.map((model, m) => [model, new Map(attributers.map((attributer, a) => [attributer, stack(inputShape, examples.map((_, e) => map(inputShape, m, a, e)))]))])),
  }
}

function summarise(rows: readonly ResultRow[], direction: SummaryRow['direction']): SummaryRow {
  const { model, attributer, metric } = rows[0]!
  const values = rows.flatMap(({ value }) => value ?? [])
  const mean = values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null
  const half = mean === null ? 0 : (1.96 * Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0))) / values.length
  const interval = mean !== null && values.length > 1 ? { ciLow: mean - half, ciHigh: mean + half } : { ciLow: null, ciHigh: null }
  return { model, attributer, metric, direction, n: values.length, undefined: rows.length - values.length, mean, ...interval }
}

function extension(kind: ResolvedExtension['kind'], use: string, from: string, options: ResolvedExtension['options']): ResolvedExtension {
  return { kind, use, package: from, version: '1.0.0', options }
}

function named<T>(labels: readonly string[], make: (label: string, index: number) => T): Record<string, T> {
  return Object.fromEntries(labels.map((label, index) => [label, make(label, index)]))
}

function stack(shape: readonly number[], rows: readonly Float32Array[]): Rows {
  const data = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0))
  rows.reduce((offset, row) => (data.set(row, offset), offset + row.length), 0)
  return { shape: [rows.length, ...shape], data }
}

/** Corners of strokes in the unit square, one list per shape: a 1, a 7, a 4 and a 0. */
const strokes: readonly (readonly (readonly [x: number, y: number])[])[] = [
  [[0.42, 0.28], [0.54, 0.18], [0.5, 0.82]],
  [[0.28, 0.24], [0.72, 0.22], [0.46, 0.82]],
  [[0.36, 0.2], [0.3, 0.54], [0.7, 0.52], [0.66, 0.24], [0.64, 0.84]],
  [[0.5, 0.2], [0.32, 0.38], [0.34, 0.66], [0.5, 0.8], [0.66, 0.64], [0.68, 0.36], [0.5, 0.2]],
]

function drawing(shape: readonly number[], example: number): Float32Array {
  const line = strokes[example % strokes.length]!
  return fill(shape, (x, y, channel) => ink(line, x + 0.02 * (example % 3) - 0.02, y) * (1 - 0.3 * channel) + 0.15 * channel * y)
}

function map(shape: readonly number[], model: number, attributer: number, example: number): Float32Array {
  const line = strokes[example % strokes.length]!
  const size = shape.reduce((product, length) => product * length, 1)
  const noise = createRandomness(1, `${model} ${attributer} ${example}`).normals('noise', 0, size)
  let index = 0
  return fill(shape, (x, y) => {
    const wave = Math.sin(7 * x + attributer + 2 * model) * Math.cos(6 * y + example) + 0.25
    return 0.04 * (ink(line, x, y) * wave + (0.05 + 0.15 * model) * noise[index++]!)
  })
}

function fill(shape: readonly number[], value: (x: number, y: number, channel: number) => number): Float32Array {
  const [height, width, channels] = shape.length === 1 ? [1, shape[0]!, 1] : [shape[0]!, shape[1]!, shape[2] ?? 1]
  return Float32Array.from({ length: height * width * channels }, (_, index) => {
    const pixel = Math.floor(index / channels)
    return value(((pixel % width) + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height, index % channels)
  })
}

/** How dark a pen stroke along the line is here, from 0 to 1. */
function ink(line: readonly (readonly [number, number])[], x: number, y: number): number {
  const distances = line.slice(1).map(([x2, y2], index) => {
    const [x1, y1] = line[index]!
    const along = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)))
    return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
  })
  return Math.max(0, Math.min(1, 2.2 - Math.min(...distances) / 0.03))
}

/** Neighbours of the first example of each model: three drawn, one of them refused; the first accepted one with its maps, and ten pixels that a metric looks at. */
export function madeUpGallery({ results, inputs, maps }: ReportInput): Gallery {
  const size = inputs!.data.length / inputs!.shape[0]!
  const [models, attributers, metric] = [Object.keys(results.models), Object.keys(results.config.attributers), Object.keys(results.config.metrics)[0]!]
  const first = (rows: Rows) => rows.data.slice(0, size)
  const subjects = models.flatMap((model) => attributers.map((attributer) => ({ model, attributer, example: results.examples[0]!.id })))
  return {
    format: 'touchstone-gallery/1',
    neighbours: subjects.map((subject, row) => ({
      ...subject,
      metrics: [metric],
      sampler: 'noise',
      inputDistances: [1, 1.5, 2],
      logitDistances: [0.25, -0.5, 4],
      rejected: [null, null, 'other class'],
      shown: [{ place: 0, predicted: 3, input: 0, map: row }],
    })),
    marks: subjects.map((subject, row) => ({ ...subject, metric, radius: 1, pixels: [0, 30], neighbours: [{ map: row, pixels: [1, 100] }] })),
    charts: [],
    inputs: [first(inputs!).map((value) => 1 - value)],
    maps: subjects.map(({ model, attributer }) => first(maps.get(model)!.get(attributer)!).map((value) => value / 2)),
  }
}
