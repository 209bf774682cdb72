import { UserError } from '@touchstone/core'

/** Why a job was not done, and where. */
export interface Failure {
  /** `user`: something is not as it must be, as with another version of a plugin; `fault`: an error of the code. */
  readonly kind: 'user' | 'fault'
  readonly message: string
  readonly worker?: string
}

/** How often a job may fail by a fault. */
const attempts = 3

/**
 * Tells a bad worker, on which others need not wait, from bad work. A run ends where every worker has refused its work, and where a job has failed three times by a
 * fault, on two workers at least where there are so many.
 *
 * @returns told of each failure with the number of workers that are connected; throws where the run is to end.
 */
export function judgeFailures(): (job: string, failure: Failure, workers: number) => void {
  const refused = new Set<string>()
  const faults = new Map<string, string[]>()
  return (job, { kind, message, worker = '' }, workers) => {
    if (kind === 'user') {
      refused.add(worker)
      if (refused.size >= workers) throw new UserError(message)
      return
    }
    const where = [...(faults.get(job) ?? []), worker]
    faults.set(job, where)
    if (where.length >= attempts && (new Set(where).size > 1 || workers <= 1)) throw new Error(`a worker failed: ${message}`)
  }
}
