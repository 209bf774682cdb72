import type { FinishedEvaluation } from './open-evaluation.js'
import type { ResultRow, Results } from './results.js'

/** All that an evaluation found, in memory. */
export async function allResults({ overview, rows, diagnostics }: Pick<FinishedEvaluation, 'overview' | 'rows' | 'diagnostics'>): Promise<Results> {
  const all: ResultRow[] = []
  for await (const row of rows()) all.push(row)
  return { ...overview, rows: all, diagnostics: [...diagnostics()] }
}
