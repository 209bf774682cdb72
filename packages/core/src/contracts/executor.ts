/** A piece of an evaluation that can be done on its own: pure data. */
export interface Job {
  /** The model's label. */
  readonly model: string
  /** Positions of the examples in the evaluation. */
  readonly examples: readonly number[]
}

/** Decides where and in which order jobs run. Results do not depend on it. */
export interface Executor {
  /** Yields each job with what `run` made of it, in any order. */
  readonly execute: <T>(jobs: readonly Job[], run: (job: Job) => Promise<T>, signal: AbortSignal | undefined) => AsyncIterable<{ readonly job: Job; readonly result: T }>
}

export interface ExecutorTraits {
  /** Where jobs run, in a few words. */
  readonly runsOn: string
}

