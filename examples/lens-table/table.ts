/*
 * Prints the LENS table of three digit classifiers and writes results.json and the figure curves.svg. What results.json holds already is not computed
 * again: remove it to begin anew. Takes some twenty minutes of one core, half of them the papers' own budget on five digits.
 *
 *   npm run table, in this folder
 */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootstrapMean, createRandomness, mean } from '@touchstone/core'
import { curves, type Curve } from './curves.js'
import { budget, digitsThatAllGetRight, fullPreset, measures, methods, models, outcomes, samplers, testDigits, type MeasureName, type MethodName, type ModelName, type Outcome, type SamplerName, type Trial } from './measure.js'

const file = join(import.meta.dirname, 'results.json')
const epsilons = [0.05, 0.1, 0.2, 0.3]
const digitsPerPoint = 10
const names = <K extends string>(of: Readonly<Record<K, unknown>>) => Object.keys(of) as K[]

/** Outcomes by what they are of. */
type Cells = Record<string, readonly Outcome[]>

const cells: Cells = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Cells) : {}
const dataset = await testDigits()
const digits = await digitsThatAllGetRight(dataset, Math.max(...Object.values(methods).map(({ count }) => count)))

/** The outcomes of a trial: those that are known, or found now and written down. */
async function known(key: string, model: ModelName, trial: Trial, count: number): Promise<readonly Outcome[]> {
  const list = cells[key] ?? []
  if (list.length >= count) return list.slice(0, count)
  const started = performance.now()
  cells[key] = await outcomes(model, trial, dataset, digits.slice(0, count))
  console.error(`${key}: ${count} digits, ${((performance.now() - started) / 1000).toFixed(0)} s`)
  await writeFile(file, `{\n${Object.entries(cells).map(([name, all]) => `${JSON.stringify(name)}: [\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]`).join(',\n')}\n}\n`)
  return cells[key]
}

const cell = (model: ModelName, method: MethodName, sampler: SamplerName, epsilon: number, count: number): Promise<readonly Outcome[]> =>
  known(`${model}, ${method}, ${sampler}, ${epsilon}`, model, { ...methods[method], sampler: samplers[sampler](epsilon) }, count)

const valuesOf = (list: readonly Outcome[], measure: MeasureName): number[] => list.flatMap(({ values }) => values?.[measure] ?? [])

/** Mean and 95 % bootstrap interval. */
function summary(values: readonly number[]): string {
  const interval = bootstrapMean(values, createRandomness(1, 'table'))
  return values.length === 0 ? '-' : `${mean(values).toFixed(2)}${interval ? ` [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]` : ''}`
}

const shown: readonly MeasureName[] = ['top-k', 'LENS-recall', 'LENS-recall-div']
const panels: { title: string; curves: Curve[] }[] = []
for (const model of names(models)) {
  const lists: (readonly Outcome[])[] = []
  for (const epsilon of epsilons) lists.push(await cell(model, 'saliency', 'top-k', epsilon, digitsPerPoint))
  panels.push({
    title: model,
    curves: shown.map((measure) => ({
      name: measure,
      points: [{ x: 0, y: 1, low: 1, high: 1 }, ...lists.map((list, i) => {
        const values = valuesOf(list, measure)
        return { x: epsilons[i]!, y: mean(values), ...(bootstrapMean(values, createRandomness(1, 'curve')) ?? { low: NaN, high: NaN }) }
      })],
    })),
  })
}
await writeFile(join(import.meta.dirname, 'curves.svg'), curves(panels, { x: 'epsilon', y: 'share of the top 100 of saliency kept' }))

const lines: string[] = [`| model | method | sampler | n | ${names(measures).join(' | ')} |`, `|---|---|---|---|${names(measures).map(() => '---').join('|')}|`]
for (const method of names(methods)) {
  for (const model of names(models)) {
    for (const sampler of names(samplers)) {
      const list = await cell(model, method, sampler, budget.epsilon, methods[method].count)
      const kept = list.filter(({ values }) => values !== undefined).length
      lines.push(`| ${model} | ${method} | ${sampler} | ${kept} of ${list.length} | ${names(measures).map((measure) => summary(valuesOf(list, measure))).join(' | ')} |`)
    }
  }
}
console.log(lines.join('\n'))

const small = await cell('natural', 'ig', 'top-k', budget.epsilon, fullPreset.count)
const full = await known('natural, ig, top-k, full preset', 'natural', { ...methods.ig, ...fullPreset }, fullPreset.count)
console.log(`\n| top-k attack on ig, natural, ${fullPreset.count} digits | ${names(measures).join(' | ')} |\n|---|${names(measures).map(() => '---').join('|')}|`)
for (const [name, list] of [['small budget', small], ['full preset', full]] as const) console.log(`| ${name} | ${names(measures).map((measure) => summary(valuesOf(list, measure))).join(' | ')} |`)
console.log(`| full less small, digit by digit | ${names(measures).map((measure) => summary(full.flatMap(({ values }, digit) => (values && small[digit]?.values ? [values[measure]! - small[digit].values[measure]!] : [])))).join(' | ')} |`)
