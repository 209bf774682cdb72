import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { stackRows, type Rows } from '@touchstone/core'
import type { FinishedEvaluation, Prediction, ResultRow } from '@touchstone/evaluation'
import { breakSeal, readRun, runParts, sealRun, writeInPlace, writeRun, type RunSources } from '@touchstone/evaluation/node'
import type { examplesFolder, predictionsByPart, ReportInput, ReportPart } from '@touchstone/report'
import { writerCode } from './writer-code.js'

/** Writes report.html from what a run's folder holds, and beside it pages of the examples that it does not show. @returns its path. */
export async function writeReport(folder: string): Promise<string> {
  const { examplesOf, partsOf } = await import('@touchstone/report')
  const run = await readRun(folder, examplesOf)
  return writePages(folder, run, partsOf(run))
}

/**
 * Writes the folder of a run, and its report, and seals it; a report that is there, is as it was written and shows the same results stays, with what it took to compute them.
 * @param sources what the results follow from, by which the next run may know that there is nothing to do.
 * @returns the path of the report.
 */
export async function writeRunAndReport(folder: string, finished: FinishedEvaluation, sources?: RunSources): Promise<string> {
  const writer = writerCode()
  const isSame = await writeRun(folder, finished, writer, await breakSeal(folder))
  const report = await reportOf(folder, finished, isSame)
  await sealRun(folder, [...runParts, relative(folder, report), pagesFolder], writer, sources)
  return report
}

async function reportOf(folder: string, finished: FinishedEvaluation, isSame: boolean): Promise<string> {
  if (isSame && existsSync(reportFile(folder))) return reportFile(folder)
  const { predictionsByPart, shownExamples } = await import('@touchstone/report')
  const part = partsOfRun(finished, predictionsByPart(finished.overview))
  const first = await part(0, shownExamples)
  const shown = new Set(first.results.examples.map(({ id }) => id))
  const rows: ResultRow[] = []
  // Beside those of the examples shown a report needs the reasons of what has no value.
  for await (const row of finished.rows()) if (shown.has(row.example) || row.value === null) rows.push(row)
  const { overview, run, gallery } = finished
  return writePages(folder, { ...first, results: { ...overview, rows, diagnostics: [] }, run, gallery }, part)
}

async function writePages(folder: string, run: ReportInput, part: ReportPart): Promise<string> {
  const { examplePages, examplesFolder, renderReport } = await import('@touchstone/report')
  const file = reportFile(folder)
  const before = await readFile(file, 'utf8').catch(() => '')
  const page = await renderReport(run, { pages: true, before })
  const beside = join(folder, examplesFolder)
  await rm(beside, { recursive: true, force: true })
  for await (const { name, text } of examplePages(run.results, part)) await writeInPlace(join(beside, name), text)
  await writeInPlace(file, page)
  return file
}

/** Named here as well, since loading all of the report takes time. */
const pagesFolder: typeof examplesFolder = 'report-examples'

function reportFile(folder: string): string {
  return join(folder, 'report.html')
}

/** Parts of a run, read from the evaluation when they are asked for. */
function partsOfRun({ overview, rowsOf, run, input, map }: FinishedEvaluation, predictionsOf: ReturnType<typeof predictionsByPart>) {
  const shape = overview.dataset.inputShape
  const stacked = async (places: readonly number[], read: (place: number) => Promise<Float32Array>) => stackRows(await Promise.all(places.map(read)), shape)
  return async (from: number, to: number): Promise<ReportInput> => {
    const examples = overview.examples.slice(from, to)
    const predictions: Prediction[] = []
    const rows: ResultRow[] = []
    const maps = new Map<string, ReadonlyMap<string, Rows>>()
    for (const model of Object.keys(overview.models)) {
      const own = predictionsOf(model, from, to)
      const places = own.predictions.map((_, index) => own.first + index)
      predictions.push(...own.predictions)
      for (const place of places) rows.push(...(await rowsOf(model, place)))
      maps.set(model, new Map(await Promise.all(Object.keys(overview.config.attributers).map(async (attributer) => [attributer, await stacked(places, (place) => map(model, attributer, place))] as const))))
    }
    return { results: { ...overview, examples, predictions, rows, diagnostics: [] }, run, inputs: await stacked(examples.map((_, index) => from + index), input), maps }
  }
}
