import { suggestion } from './closest.js'
import type { Problem } from './errors.js'
import type { Kind, Requirements } from './extension.js'
import { instanceFault } from './instance-fault.js'
import { isReference, type ReferenceInput } from './options.js'
import type { Registry } from './registry.js'

/** An extension as a config means it, checked: plain data that can be written, hashed and compared. */
export interface ResolvedExtension {
  readonly kind: Kind
  /** The extension's name. */
  readonly use: string
  /** The preset by which it was named. */
  readonly preset?: string
  readonly package: string
  readonly version?: string
  /** Every option, defaults filled in; a reference is again a resolved extension. */
  readonly options: Readonly<Record<string, unknown>>
}

/** The user's own labels, by kind: a reference may name one. */
export type Labels = Partial<Readonly<Record<Kind, Readonly<Record<string, ReferenceInput>>>>>

type Path = readonly PropertyKey[]

/** Labels and objects that led to where the walk is: what comes back to one of them goes round in a circle. */
type Trail = readonly unknown[]

/** Walks a config's tree of references once, gathers every problem, and does nothing else. */
export class Resolver {
  readonly problems: Problem[] = []
  readonly #registry: Registry
  readonly #labels: Labels

  constructor(registry: Registry, labels: Labels = {}) {
    this.#registry = registry
    this.#labels = labels
  }

  /** What stands at the top of a config: an extension's name, not a label. Undefined where there is a problem. */
  resolve(kind: Kind, input: unknown, path: Path): ResolvedExtension | undefined {
    return this.#reference(kind, input, path, [], {})
  }

  #reference(kind: Kind, input: unknown, path: Path, trail: Trail, requires: Requirements): ResolvedExtension | undefined {
    if (typeof input === 'string') return this.#named(kind, input, {}, path, trail, requires)
    if (!isRecord(input)) return this.#problem(path, `expected the name of ${article(kind)} or { use, options }, found ${describe(input)}`)
    if (trail.includes(input)) return this.#problem(path, 'holds itself: write it out')
    trail = [...trail, input]
    if ('given' in input) {
      for (const key of Object.keys(input)) if (key !== 'given') this.#problem([...path, key], 'unknown key: what is given takes no options')
      const fault = instanceFault(kind, input.given)
      return fault === undefined ? this.#registry.give(kind, input.given) : this.#problem([...path, 'given'], fault)
    }
    const unknown = Object.keys(input).filter((key) => key !== 'use' && key !== 'options')
    for (const key of unknown) this.#problem([...path, key], `unknown key${suggestion(key, ['use', 'options'])}`)
    if (typeof input.use !== 'string') return this.#problem([...path, 'use'], `expected the name of ${article(kind)}, found ${describe(input.use)}`)
    const options = input.options === undefined ? {} : input.options
    if (!isRecord(options)) return this.#problem([...path, 'options'], `expected an object, found ${describe(options)}`)
    return this.#named(kind, input.use, options, path, trail, requires)
  }

  #named(kind: Kind, name: string, options: Readonly<Record<string, unknown>>, path: Path, trail: Trail, requires: Requirements): ResolvedExtension | undefined {
    const preset = this.#registry.preset(kind, name)
    if (preset) {
      const missing = this.#missing(preset.value.requires, path, preset.plugin.name)
      if (missing) return undefined
      const resolved = this.#extension(kind, preset.value.use, { ...preset.value.options, ...options }, path, trail, preset.value.requires ?? {})
      return resolved && { ...resolved, preset: name }
    }
    return this.#extension(kind, name, options, path, trail, requires)
  }

  #extension(kind: Kind, name: string, options: Readonly<Record<string, unknown>>, path: Path, trail: Trail, requires: Requirements): ResolvedExtension | undefined {
    const entry = this.#registry.extension(kind, name)
    if (!entry) return this.#problem(path, this.#unknown(kind, name, requires))
    const { value: extension, plugin } = entry
    if (this.#missing(extension.requires, path, plugin.name)) return undefined
    const at = (key: string): Path => [...path, 'options', key]
    const before = this.problems.length
    for (const key of Object.keys(options)) {
      if (!Object.hasOwn(extension.options, key)) this.#problem(at(key), `"${name}" has no such option${suggestion(key, Object.keys(extension.options))}`, plugin.name)
    }
    const checked: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(extension.options)) {
      const value = options[key] === undefined ? field.default : options[key]
      if (isReference(field)) {
        checked[key] =
          value === undefined
            ? this.#problem(at(key), `expected ${article(field.reference)}: ${field.summary}`, plugin.name)
            : this.#labelled(field.reference, value, at(key), trail, { ...requires, ...extension.requires })
        continue
      }
      const outcome = field.schema['~standard'].validate(value)
      if (outcome instanceof Promise) throw new TypeError(`${plugin.name}: the schema of option "${key}" of "${name}" must be synchronous`)
      if (!outcome.issues) checked[key] = outcome.value
      for (const issue of outcome.issues ?? []) {
        const inner = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
        const message = value === undefined ? `expected a value: ${field.summary}` : `${issue.message}${inner.length === 0 && isPrimitive(value) && !field.secret ? `, found ${describe(value)}` : ''}`
        this.#problem([...at(key), ...inner], message, plugin.name)
      }
    }
    if (this.problems.length > before) return undefined
    for (const { option, message } of extension.check?.(checked) ?? []) this.#problem(at(option), message, plugin.name)
    if (this.problems.length > before) return undefined
    return { kind, use: name, package: plugin.name, ...(plugin.version === undefined ? {} : { version: plugin.version }), options: checked }
  }

  /** Inside options a string is first a label of the config, then an extension's name. */
  #labelled(kind: Kind, input: unknown, path: Path, trail: Trail, requires: Requirements): ResolvedExtension | undefined {
    const labels = this.#labels[kind]
    if (typeof input !== 'string' || !labels || !Object.hasOwn(labels, input)) return this.#reference(kind, input, path, trail, requires)
    const label = `${kind} "${input}"`
    if (trail.includes(label)) return this.#problem(path, `${[...trail.filter((step) => typeof step === 'string'), label].join(' -> ')} goes round in a circle: name another ${kind} here`)
    return this.#reference(kind, labels[input], path, [...trail, label], {})
  }

  #missing(requires: Requirements | undefined, path: Path, source: string): boolean {
    const missing = Object.entries(requires ?? {}).filter(([what]) => {
      const [kind, name] = what.split(':') as [Kind, string]
      return !this.#registry.extension(kind, name) && !this.#registry.preset(kind, name)
    })
    for (const [what, packageName] of missing) this.#problem(path, `needs ${what.replace(':', ' "')}": install ${packageName} and add it to plugins`, source)
    return missing.length > 0
  }

  #unknown(kind: Kind, name: string, requires: Requirements): string {
    const known = requires[`${kind}:${name}`]
    if (known !== undefined) return `needs ${kind} "${name}": install ${known} and add it to plugins`
    const elsewhere = this.#registry.kindsOf(name)
    if (elsewhere.length > 0) {
      const hint = elsewhere.includes('comparison') && kind === 'score' ? `; judge two maps with it by { use: 'robustness', options: { comparison: '${name}', sampler: ... } }` : ''
      return `"${name}" is ${elsewhere.map(article).join(' and ')}, not ${article(kind)}${hint}`
    }
    return `no ${kind} named "${name}" in the loaded plugins${suggestion(name, this.#registry.names(kind))}`
  }

  #problem(path: Path, message: string, source = '@touchstone/core'): undefined {
    this.problems.push({ path, message, source })
    return undefined
  }
}

function article(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`
}

/** A few words for a value in a message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'string' ? `"${value}"` : (value as number | boolean | bigint | symbol).toString()
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function'
}
