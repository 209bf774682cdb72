/** An example as a job names it. */
export interface JobExample {
  /** Its place in the dataset. */
  readonly index: number
  readonly id: string
  /** The class to explain. */
  readonly target: number
  /** What its scores see of neighbours is kept, to be looked at. */
  readonly shown?: boolean
}

/** A piece of an evaluation that can be done on its own: pure data. */
export interface Job {
  /** A hash of what is to be found: equal jobs find the same. */
  readonly id: string
  /** The model's label. */
  readonly model: string
  readonly examples: readonly JobExample[]
}

/** What a job did, beside filling the store. */
export interface JobReport {
  /** The job's id. */
  readonly job: string
  /** The model's label. */
  readonly model: string
  /** Rows that went through the model. */
  readonly rowsRun: number
  /** Units found in the store, and computed. */
  readonly units: { readonly kept: number; readonly computed: number }
  /** What it took; executors of earlier versions do not say. */
  readonly seconds?: JobSeconds
  /** What extensions failed to give: the other units are done. Absent where all is well. */
  readonly faults?: readonly JobFault[]
}

/** Units that are undefined because an extension threw, gave what it must not, or hung. They are in no store: whoever runs again tries again. */
export interface JobFault {
  /** Which it is: `attributer "mine" ("leave-one-out" of some-plugin)`. */
  readonly extension: string
  /** A sentence that names it, with what was expected and found. */
  readonly reason: string
  /** None where the extension failed and then gave what it was asked for after all. */
  readonly units: readonly { readonly kind: 'map' | 'score'; readonly example: string; readonly attributer: string; readonly metric?: string }[]
}

/** Where the time of a job went. */
export interface JobSeconds {
  readonly total: number
  /** In forward passes that samplers and scores asked for. */
  readonly predict: number
  /** In making maps, by the label of the method; its own forward and backward passes are in it. */
  readonly maps: Readonly<Record<string, number>>
}

/** Something that a job has computed, by the labels of the config. */
export interface JobProgress {
  readonly kind: 'map' | 'samples' | 'shared' | 'score'
  readonly model: string
  readonly example: string
  /** Of a map or score, and of samples that depend on it. */
  readonly attributer?: string
  /** Of a score. */
  readonly metric?: string
}

/** The work of an evaluation, as an executor sees it. */
export interface Work {
  /** Does a job in this process and keeps what it finds in the store. */
  readonly run: (job: Job, signal?: AbortSignal) => Promise<JobReport>
  /**
   * By which another thread or machine can do the jobs, given to `openWork` of `@touchstone/evaluation/node` there; its results reach this process
   * through the store. Where that is not possible, `here` says why.
   */
  readonly order: { readonly bytes: Uint8Array } | { readonly here: string }
  /** To be told of what is done elsewhere; `run` tells it by itself. */
  readonly onProgress: (progress: JobProgress) => void
}

/** Decides where and in which order jobs run. Results do not depend on it. */
export interface Executor {
  /** How many jobs it does side by side; work is cut accordingly. */
  readonly parallel: number
  /** Yields what each job did, in any order. A job that fails ends all of them with its error, what is done stays in the store. */
  readonly execute: (jobs: readonly Job[], work: Work, signal: AbortSignal) => AsyncIterable<JobReport>
}

export interface ExecutorTraits {
  /** Where jobs run, in a few words. */
  readonly runsOn: string
}
