import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Cost, Extensions, Kind } from './extension.js'

/** One option of an extension, checked by any Standard Schema validator (zod, valibot, ...). */
export interface Option<T = unknown> {
  /** One line for documentation and `touchstone list`. */
  readonly summary: string
  /** Synchronous. Its output is what the extension receives. */
  readonly schema: StandardSchemaV1<unknown, T>
  /** Taken where the user gives nothing, and then checked like any value. */
  readonly default?: unknown
  /** As in `pixels` or `rows`. */
  readonly unit?: string
  /** Never shown in a message nor written to results: what may hold a password. */
  readonly secret?: boolean
}

/** An option that is itself an extension: smoothgrad wraps an attributer, robustness takes a sampler and a comparison. */
export interface ReferenceOption<K extends Kind = Kind> {
  readonly summary: string
  readonly reference: K
  readonly default?: ReferenceInput
}

/** How a user names an extension: by a label of the config or a name alone, by name with options, or as an object made in code. */
export type ReferenceInput<T = unknown> = string | { readonly use: string; readonly options?: Readonly<Record<string, unknown>> } | { readonly given: T }

export type OptionFields = Readonly<Record<string, Option | ReferenceOption>>

/** What `create` receives: checked values, and for references the instances. */
export type OptionsOf<F extends OptionFields> = {
  readonly [N in keyof F]: F[N] extends ReferenceOption<infer K> ? Extensions[K] : F[N] extends Option<infer T> ? T : never
}

/** What `cost` receives: checked values, and for references their costs. */
export type CostOptionsOf<F extends OptionFields> = {
  readonly [N in keyof F]: F[N] extends ReferenceOption ? Cost : F[N] extends Option<infer T> ? T : never
}

/** An option with its documentation. */
export function option<T>(schema: StandardSchemaV1<unknown, T>, about: Omit<Option<T>, 'schema'>): Option<T> {
  return { schema, ...about }
}

/** An option that names an extension of `kind`. */
export function ref<K extends Kind>(kind: K, about: Omit<ReferenceOption<K>, 'reference'>): ReferenceOption<K> {
  return { reference: kind, ...about }
}

export function isReference(field: Option | ReferenceOption): field is ReferenceOption {
  return 'reference' in field
}
