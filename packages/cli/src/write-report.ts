import { join } from 'node:path'
import { readRun, writeInPlace } from '@touchstone/evaluation/node'
import { renderReport, shownExamples } from '@touchstone/report'

/** Writes report.html from what a run's folder holds. @returns its path. */
export async function writeReport(folder: string): Promise<string> {
  const file = join(folder, 'report.html')
  await writeInPlace(file, await renderReport(await readRun(folder, shownExamples)))
  return file
}
