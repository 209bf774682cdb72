import type { Collected } from './collect.js'
import type { ResultRow, Results } from './results.js'

/** All that an evaluation found, in memory. */
export async function allResults({ overview, rows, diagnostics }: Collected): Promise<Results> {
  const all: ResultRow[] = []
  for await (const row of rows()) all.push(row)
  return { ...overview, rows: all, diagnostics: [...diagnostics()] }
}
