import type { Job, JobReport } from '@touchstone/core'
import type { Plan } from './plan.js'

/** What a small part of the work took, and what the rest of it takes at that pace. */
export interface Pilot {
  /** Examples of models that were done, and that there were to do. */
  readonly done: number
  readonly of: number
  /** What they took, from the first to the last. */
  readonly seconds: number
  /** What is left takes about so long. */
  readonly secondsLeft: number
}

/** The part of the work of each model that a pilot does at least. */
const share = 1 / 20

/** The first jobs of each model that hold a twentieth of its examples, and further ones until all who work side by side have the same number: who works alone is faster. */
export function pilotJobs({ jobs }: Plan, parallel: number): readonly Job[] {
  const chosen = new Set<Job>()
  for (const model of new Set(jobs.map((job) => job.model))) {
    const own = jobs.filter((job) => job.model === model)
    const wanted = share * countExamples(own)
    for (let taken = 0, next = 0; taken < wanted; next++) {
      chosen.add(own[next]!)
      taken += own[next]!.examples.length
    }
  }
  for (const job of jobs) if (chosen.size % parallel !== 0) chosen.add(job)
  return jobs.filter((job) => chosen.has(job))
}

/** The part of a plan that some of its jobs are. */
export function partOfPlan(plan: Plan, jobs: readonly Job[]): Plan {
  const rows = [...new Set(jobs.map((job) => job.model))].map((model) => {
    const ofModel = (job: Job): boolean => job.model === model
    const all = plan.units.reduce((sum, unit) => sum + (unit.model === model ? unit.rows : 0), 0)
    return (all * countExamples(jobs.filter(ofModel))) / countExamples(plan.jobs.filter(ofModel))
  })
  return { ...plan, jobs, rows: rows.reduce((a, b) => a + b, 0) }
}

/** What the rest of a plan takes, by the time that each model's examples took in a pilot. */
export function judgePilot({ jobs }: Plan, chosen: readonly Job[], reports: readonly JobReport[], parallel: number, seconds: number): Pilot {
  const done = new Set(chosen)
  const workLeft = [...new Set(chosen.map((job) => job.model))].map((model) => {
    const own = jobs.filter((job) => job.model === model)
    const spent = reports.reduce((sum, report) => sum + (report.model === model ? (report.seconds?.total ?? (seconds * parallel) / reports.length) : 0), 0)
    return (spent * countExamples(own.filter((job) => !done.has(job)))) / countExamples(own.filter((job) => done.has(job)))
  })
  return { done: countExamples(chosen), of: countExamples(jobs), seconds, secondsLeft: workLeft.reduce((a, b) => a + b, 0) / parallel }
}

const countExamples = (jobs: readonly Job[]): number => jobs.reduce((sum, { examples }) => sum + examples.length, 0)
