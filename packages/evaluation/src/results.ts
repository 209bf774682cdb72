import type { Direction, EngineInfo, JobSeconds, ResolvedExtension, ScoreTraits } from '@touchstone/core'

/** Which examples are evaluated: see `EvaluationConfig.examples`. */
export type CorrectFor = 'all-models' | 'each-model' | 'any'

/** A config with every default filled in. What cannot change a score (batch size, executor, threads, folders) is not in it. */
export interface ResolvedConfig {
  readonly seed: number
  readonly target: 'predicted' | 'label' | number
  readonly examples: { readonly take: number; readonly correctFor: CorrectFor }
  readonly models: Readonly<Record<string, ResolvedExtension>>
  readonly dataset: ResolvedExtension
  readonly attributers: Readonly<Record<string, ResolvedExtension>>
  readonly metrics: Readonly<Record<string, ResolvedExtension>>
}

/** `results.json`: what an evaluation found. Nothing in it depends on time, load, batch size, executor or resume. */
export interface Results {
  readonly format: 'touchstone-results/1'
  readonly config: ResolvedConfig
  readonly engine: EngineInfo | null
  readonly models: Readonly<Record<string, ModelFacts>>
  readonly dataset: { readonly fingerprint: string; readonly size: number; readonly inputShape: readonly number[]; readonly range: { readonly low: number; readonly high: number }; readonly classNames: readonly string[] | null }
  /** What each metric says of itself; a label is missing where a score was given in code, or by an earlier version. */
  readonly metrics: Readonly<Record<string, MetricFacts>>
  /** The evaluated examples, in the order of the dataset; row i of `inputs.npy` is the input of `examples[i]`. */
  readonly examples: readonly { readonly id: string; readonly label: number | null }[]
  /** One per model x example; the maps of a model stand in the same order. */
  readonly predictions: readonly Prediction[]
  /** One per model x example x attributer x metric. */
  readonly rows: readonly ResultRow[]
  /** One per model x attributer x metric. */
  readonly summary: readonly SummaryRow[]
  /** One per model x metric x pair of attributers. */
  readonly comparisons: readonly MethodComparison[]
  /** One per model x metric, where there are two attributers or more. */
  readonly ranks: readonly MethodRanks[]
  /** One per metric x pair of models, where there are two attributers or more. */
  readonly agreement: readonly RankingAgreement[]
  /** What methods say of their maps, as the convergence delta of integrated gradients: one per model x example x attributer x name. */
  readonly diagnostics: readonly DiagnosticRow[]
  /** One per model x attributer x name. */
  readonly diagnosticSummary: readonly DiagnosticSummary[]
  /** One per model x attributer x metric whose scores have curves. */
  readonly curves: readonly MeanCurve[]
}

/** Results without what grows with the examples: their rows and diagnostics. */
export type ResultsOverview = Omit<Results, 'rows' | 'diagnostics'>

export interface ModelFacts {
  readonly fingerprint: string
  readonly inputShape: readonly number[]
  readonly classCount: number
  readonly mflopPerRow: number
}

export interface MetricFacts {
  /** What question it answers. */
  readonly judges: ScoreTraits['judges']
  readonly summary: string
  /** What the axes of the curves of its rows are. */
  readonly curve?: ScoreTraits['curve']
}

export interface Prediction {
  readonly model: string
  readonly example: string
  /** The class with the largest output. */
  readonly predicted: number
  /** The class that is explained. */
  readonly target: number
  /** The target's logit (or probability, for a model of probabilities). */
  readonly output: number
}

export interface ResultRow {
  readonly model: string
  readonly example: string
  readonly attributer: string
  readonly metric: string
  /** `null` where it is undefined; then `reason` says why. */
  readonly value: number | null
  readonly reason?: string
  readonly parts?: Readonly<Record<string, number>>
  /** What the value sums up. `results.json` leaves it out: the folder of a run has curves as `curves.parquet`. */
  readonly curve?: { readonly x: readonly number[]; readonly y: readonly number[] } | undefined
  readonly diagnostics?: Readonly<Record<string, number | string>>
}

export interface SummaryRow {
  readonly model: string
  readonly attributer: string
  readonly metric: string
  /** Whether lower or higher values are better. */
  readonly direction: Direction
  /** How many examples gave a value. */
  readonly n: number
  /** How many gave none. */
  readonly undefined: number
  /** `null` where no example gave a value. */
  readonly mean: number | null
  /** Bounds of the 95 % bootstrap interval of the mean; `null` below two values. */
  readonly ciLow: number | null
  readonly ciHigh: number | null
  /** The share of examples with a value at which the method counts as robust, and the bounds of its 95 % Wilson interval; where the metric says what counts. */
  readonly robust?: { readonly share: number; readonly ciLow: number; readonly ciHigh: number }
}

/** The mean of the curves behind the scores of a method by a metric. */
export interface MeanCurve {
  readonly model: string
  readonly attributer: string
  readonly metric: string
  /** Ascending: every place where some curve has a point. */
  readonly x: readonly number[]
  /** The mean over the examples whose curve has a point there; and how many these are. */
  readonly y: readonly number[]
  readonly n: readonly number[]
}

/** Two methods on one model x metric, example by example. */
export interface MethodComparison {
  readonly model: string
  readonly metric: string
  readonly attributer: string
  readonly against: string
  /** How many examples have a score of both. */
  readonly n: number
  /** How many lack one of the two. */
  readonly undefined: number
  /** The mean of score(attributer) - score(against); `null` where n is 0. */
  readonly difference: number | null
  /** Bounds of the 95 % bootstrap interval of the difference; `null` below two examples. */
  readonly ciLow: number | null
  readonly ciHigh: number | null
  /** Of Wilcoxon's signed-rank test, two-sided; `null` where n is 0. */
  readonly p: number | null
  /** `p` corrected after Holm over the pairs of this model x metric. */
  readonly pHolm: number | null
  /** The one with the better mean, however small the difference; `null` where there is none. */
  readonly better: string | null
}

/** The methods of one model x metric by their ranks on each example. */
export interface MethodRanks {
  readonly model: string
  readonly metric: string
  /** How many examples have a score of every method. */
  readonly n: number
  /** How many lack one, and are left out. */
  readonly undefined: number
  /** From the best; rank 1 is the best on an example. Empty where n is 0. */
  readonly methods: readonly { readonly attributer: string; readonly meanRank: number }[]
  /** Friedman's statistic, chi-square with one degree of freedom less than methods, and its p-value; `null` where all methods tie on every example. */
  readonly friedman: number | null
  readonly p: number | null
  /** Nemenyi's, at 5 %: mean ranks further apart differ. `null` where n is 0. */
  readonly criticalDifference: number | null
  /** Methods, best first, whose mean ranks lie within the critical difference: they cannot be told apart. A method may stand in two groups. */
  readonly groups: readonly (readonly string[])[]
}

/** How far two models agree on which method is better by a metric. */
export interface RankingAgreement {
  readonly metric: string
  readonly model: string
  readonly against: string
  /** How many examples both models hold with a score of every method on both. */
  readonly n: number
  /** How many they hold where a score is missing. */
  readonly undefined: number
  /** Kendall's tau-b between the mean scores of the methods; `null` where it is undefined. */
  readonly tau: number | null
  /** Bounds of its 95 % bootstrap interval over examples; `null` where tau is undefined in a resample. */
  readonly ciLow: number | null
  readonly ciHigh: number | null
}

/** A number by which a method lets its map of an example be judged. */
export interface DiagnosticRow {
  readonly model: string
  readonly example: string
  readonly attributer: string
  /** As in `convergence-delta`; the method's documentation says what it means. */
  readonly name: string
  /** `null` where it is not finite. */
  readonly value: number | null
}

export interface DiagnosticSummary {
  readonly model: string
  readonly attributer: string
  readonly name: string
  /** How many examples have a finite value. */
  readonly n: number
  /** Of the finite values; `null` where there is none. */
  readonly mean: number | null
  readonly min: number | null
  readonly max: number | null
}

/** An extension that threw, gave what it must not, or hung. */
export interface FaultyExtension {
  /** By label, name and package: `attributer "mine" ("leave-one-out" of some-plugin)`. */
  readonly extension: string
  /** How many maps and scores are undefined by it. */
  readonly units: number
  /** One of the reasons, the first by alphabet; rows have their own. */
  readonly reason: string
}

/** `run.json`: how the evaluation went. Everything that differs from run to run stands here. */
export interface RunRecord {
  readonly format: 'touchstone-run/1'
  readonly startedAt: string
  readonly seconds: number
  /** Seconds per stage, in order. */
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[]
  readonly executor: ResolvedExtension
  readonly batchRows: number
  /** Rows that went through each model. */
  readonly rowsRun: Readonly<Record<string, number>>
  /** Maps and scores that were in the store when the run began, and what it computed: maps, scores and neighbours. */
  readonly units: { readonly kept: number; readonly computed: number }
  /** By model: seconds of work in all, in maps by method, and in the forward passes of samplers and scores; summed over threads. Absent where nothing was computed. */
  readonly work?: Readonly<Record<string, JobSeconds>>
  readonly host: { readonly runtime: string; readonly platform: string; readonly cores: number } | null
  readonly warnings: readonly string[]
  /** Extensions that failed, one entry each: what depends on them is undefined, and tried again by the next run. Absent where none did. */
  readonly faults?: readonly FaultyExtension[]
  /** What tables and report in the folder of the run were made from: a sum of results, inputs and maps, and of the code that made them. */
  readonly made?: { readonly results: string; readonly code: string }
}
