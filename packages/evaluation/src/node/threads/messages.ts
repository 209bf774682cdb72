import type { MessagePort } from 'node:worker_threads'
import { isUserError, messageOf, UserError, type Job, type JobProgress, type JobReport } from '@touchstone/core'
import type { Call } from '../../running-job.js'

/** What a thread is asked for. */
export interface Task {
  readonly job: Job
  /** Progress goes out by it, the wish to stop comes in. */
  readonly port: MessagePort
  /** Tells every call of an extension, for whoever ends what hangs. */
  readonly tellsCalls: boolean
  /** Calls not to be made: `JobWatch.skip`. */
  readonly skip: ReadonlyMap<Call, string>
}

/** What comes out of a thread while a job runs; `ended` comes last. */
export type Message = { readonly begun: true } | { readonly ended: true } | { readonly progress: JobProgress } | { readonly warning: string } | { readonly call: Call; readonly begins: boolean }

/** How a job ended, and the share of its memory that the thread's engine uses. */
export type Answer = ({ readonly report: JobReport } | { readonly failure: Failure }) & { readonly memory: number }

/** An error on its way between threads, where it would lose its class. */
export interface Failure {
  readonly kind: 'stopped' | 'user' | 'fault'
  readonly message: string
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Error && error.name === 'AbortError') return { kind: 'stopped', message: error.message }
  if (isUserError(error)) return { kind: 'user', message: error.message }
  return { kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : messageOf(error) }
}

export function errorOf({ kind, message }: Failure): Error {
  if (kind === 'stopped') return new DOMException(message, 'AbortError')
  return kind === 'user' ? new UserError(message) : new Error(message)
}
