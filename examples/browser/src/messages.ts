import type { Neighbour, ReferenceInput, Result } from '@touchstone/core'
import type { Backend } from './setting.js'

/** What the page asks of its worker. */
export type Request =
  | { readonly ask: 'open'; readonly backend: Backend; readonly model: string | readonly File[] }
  | { readonly ask: 'explain'; readonly run: number; readonly work: Explanation }
  | { readonly ask: 'stop' }

/** One input to explain, and how. */
export interface Explanation {
  readonly input: Float32Array
  readonly range: readonly [number, number]
  readonly methods: Readonly<Record<string, ReferenceInput>>
  readonly sampler: ReferenceInput
  readonly attacks: boolean
  readonly count: number
  readonly scores: Readonly<Record<string, ReferenceInput>>
}

/** What the worker tells, as soon as it knows. */
export type Answer =
  | { readonly told: 'opened'; readonly engine: string; readonly note?: string; readonly inputShape: readonly number[]; readonly classCount: number; readonly mflopPerRow: number }
  | { readonly told: 'closed'; readonly message: string }
  | ({ readonly run: number } & Finding)

export type Finding =
  | { readonly told: 'prediction'; readonly outputs: Float32Array; readonly target: number }
  | { readonly told: 'map'; readonly method: string; readonly map: Float32Array }
  /** Without a method: they are everybody's. */
  | { readonly told: 'neighbours'; readonly method?: string; readonly neighbours: readonly Neighbour[] }
  /** Maps of the accepted neighbours, in their order. */
  | { readonly told: 'maps'; readonly method: string; readonly maps: readonly Float32Array[] }
  | { readonly told: 'score'; readonly method: string; readonly score: string; readonly result: Result }
  | { readonly told: 'failed'; readonly what: string; readonly message: string }
  | { readonly told: 'done'; readonly seconds: number; readonly rows: number }
