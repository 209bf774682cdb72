import type { Executor, Job, JobReport, Work } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { patience } from './opened.js'

/**
 * The contract of an executor, as vitest tests: each job is done once and reported, a failure ends the work with its error, and a stop is heeded. The jobs can run in
 * this process alone, as where a config holds objects made in code.
 *
 * ```ts
 * describeExecutor('my queue', () => queue({ url }))
 * ```
 */
export function describeExecutor(name: string, create: () => Executor | Promise<Executor>): void {
  describe(`${name} keeps the contract of an executor`, patience, () => {
    const jobs: readonly Job[] = Array.from({ length: 7 }, (_, index) => ({ id: `job-${index}`, model: 'well', examples: [{ index, id: `example ${index}`, target: 0 }] }))
    const reportOf = (job: Job): JobReport => ({ job: job.id, model: job.model, rowsRun: 1, units: { kept: 0, computed: 1 } })
    const workOf = (run: Work['run']): Work => ({ run, order: { here: 'a test of contracts holds its work in memory' }, onProgress: () => undefined })
    const never = new AbortController().signal
    const all = async (executor: Executor, list: readonly Job[], work: Work, signal = never): Promise<JobReport[]> => {
      const reports: JobReport[] = []
      for await (const report of executor.execute(list, work, signal)) reports.push(report)
      return reports
    }

    test('each job is done once, and reported', async () => {
      const executor = await create()
      expect(executor.parallel).toBeGreaterThanOrEqual(1)
      const done: string[] = []
      const reports = await all(executor, jobs, workOf((job) => {
        done.push(job.id)
        return Promise.resolve(reportOf(job))
      }))
      expect(done.sort()).toEqual(jobs.map(({ id }) => id))
      expect(reports.map(({ job }) => job).sort()).toEqual(jobs.map(({ id }) => id))
      expect(await all(executor, [], workOf((job) => Promise.resolve(reportOf(job))))).toEqual([])
    })

    test('a job that fails ends the work with its error', async () => {
      const executor = await create()
      const failing = workOf((job) => (job.id === 'job-3' ? Promise.reject(new Error('a broken job')) : Promise.resolve(reportOf(job))))
      await expect(all(executor, jobs, failing)).rejects.toThrow('a broken job')
    })

    test('it stops when it is told to', async () => {
      const executor = await create()
      const stop = new AbortController()
      const work = workOf((job, signal) => {
        stop.abort(new Error('stopped'))
        return signal?.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve(reportOf(job))
      })
      await expect(all(executor, jobs, work, stop.signal)).rejects.toThrow('stopped')
    })
  })
}
