import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readRun, writeInPlace } from '@touchstone/evaluation/node'
import { examplePages, examplesFolder, examplesOf, renderReport } from '@touchstone/report'

/** Writes report.html from what a run's folder holds, and beside it pages of the examples that it does not show. @returns its path. */
export async function writeReport(folder: string): Promise<string> {
  const file = join(folder, 'report.html')
  const run = await readRun(folder, examplesOf)
  const before = await readFile(file, 'utf8').catch(() => '')
  const page = await renderReport(run, { pages: true, before })
  const beside = join(folder, examplesFolder)
  await rm(beside, { recursive: true, force: true })
  for await (const { name, text } of examplePages(run)) await writeInPlace(join(beside, name), text)
  await writeInPlace(file, page)
  return file
}
