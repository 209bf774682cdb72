import type { Job, JobReport } from '@touchstone/core'
import { sumSeconds } from '../../stopwatch.js'

/** What a job did of which each example was done alone. */
export function joinReports({ id, model }: Job, reports: readonly JobReport[]): JobReport {
  const sum = (of: (report: JobReport) => number): number => reports.reduce((all, report) => all + of(report), 0)
  const faults = reports.flatMap(({ faults = [] }) => faults)
  return {
    job: id,
    model,
    rowsRun: sum(({ rowsRun }) => rowsRun),
    units: { kept: sum(({ units }) => units.kept), computed: sum(({ units }) => units.computed) },
    seconds: sumSeconds(reports.flatMap(({ seconds }) => seconds ?? [])),
    ...(faults.length > 0 && { faults }),
  }
}
