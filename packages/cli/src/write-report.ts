import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stackRows, type Rows } from '@touchstone/core'
import type { FinishedEvaluation, ResultRow } from '@touchstone/evaluation'
import { packageCode, readRun, writeInPlace, writeRun } from '@touchstone/evaluation/node'

/** Writes report.html from what a run's folder holds. @returns its path. */
export async function writeReport(folder: string): Promise<string> {
  const { renderReport, shownExamples } = await import('@touchstone/report')
  const file = reportFile(folder)
  await writeInPlace(file, renderReport(await readRun(folder, shownExamples)))
  return file
}

/**
 * Writes the folder of a run, and its report; one that is there and shows the same results stays, with what it took to compute them.
 * @returns the path of the report.
 */
export async function writeRunAndReport(folder: string, finished: FinishedEvaluation): Promise<string> {
  const { build } = await packageCode(fileURLToPath(import.meta.url))
  const isSame = await writeRun(folder, finished, build)
  const file = reportFile(folder)
  if (isSame && existsSync(file)) return file
  const { renderReport, shownExamples } = await import('@touchstone/report')
  await writeInPlace(file, renderReport(await reportInput(finished, shownExamples)))
  return file
}

function reportFile(folder: string): string {
  return join(folder, 'report.html')
}

/** What a report shows of a run: rows of the first examples, and those without a value, whose reasons it counts. */
async function reportInput({ overview, rows, run, input, map }: FinishedEvaluation, first: number): Promise<Parameters<typeof import('@touchstone/report').renderReport>[0]> {
  const shown = new Set(overview.examples.slice(0, first).map(({ id }) => id))
  const needed: ResultRow[] = []
  for await (const row of rows()) if (shown.has(row.example) || row.value === null) needed.push(row)
  const shape = overview.dataset.inputShape
  const stacked = async (count: number, read: (index: number) => Promise<Float32Array>): Promise<Rows> => stackRows(await Promise.all(Array.from({ length: Math.min(count, first) }, (_, index) => read(index))), shape)
  const mapsOf = async (model: string): Promise<ReadonlyMap<string, Rows>> => {
    const count = overview.predictions.filter((prediction) => prediction.model === model).length
    return new Map(await Promise.all(Object.keys(overview.config.attributers).map(async (attributer) => [attributer, await stacked(count, (index) => map(model, attributer, index))] as const)))
  }
  return {
    results: { ...overview, rows: needed, diagnostics: [] },
    run,
    inputs: await stacked(overview.examples.length, input),
    maps: new Map(await Promise.all(Object.keys(overview.models).map(async (model) => [model, await mapsOf(model)] as const))),
  }
}
