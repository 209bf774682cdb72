import { isUserError, messageOf, type JobFault, type ResolvedExtension } from '@touchstone/core'

/** An extension that threw, gave what it must not, or hung: what depends on it is undefined, all else goes on. */
export class ExtensionFault extends Error {
  override readonly name = 'ExtensionFault'
  /** Which it is: `JobFault.extension`. */
  readonly extension: string

  constructor(extension: string, what: string, options?: ErrorOptions) {
    super(`${extension} ${what}`, options)
    this.extension = extension
  }
}

/** Says that it was not the score that failed, but an extension that it uses. */
export class FaultOf extends Error {
  override readonly name = 'FaultOf'
  /** The instance that failed. */
  readonly owner: object

  constructor(owner: object, cause: unknown) {
    super(messageOf(cause), { cause })
    this.owner = owner
  }
}

/** `attributer "mine" ("leave-one-out" of some-plugin)`: the label of the config, then what stands behind it. */
export function extensionNamed(kind: string, label: string, tree: Pick<ResolvedExtension, 'use' | 'preset' | 'package'> | undefined): string {
  if (!tree || tree.package === 'code') return `${kind} "${label}" (given in code)`
  const name = tree.preset ?? tree.use
  return `${kind} "${label}" (${name === label ? '' : `"${name}" `}of ${tree.package})`
}

const ofModels = new WeakSet<Error>()

/** Marks what a model threw: without it there is nothing to evaluate, whoever asked. */
export function failureOfModel(error: unknown): unknown {
  if (error instanceof Error) ofModels.add(error)
  return error
}

/** Errors of the operating system and the network, as in ENOSPC and ECONNRESET. */
const systemCode = /^(E[A-Z0-9]+|UND_ERR_\w+|ERR_WORKER_\w+)$/

/** What engines say when their memory or device ends. */
const endOfEngine = /out of memory|\boom\b|allocation failed|(enlarge|grow) memory|memory\.grow|resource ?exhausted|(device|context)\b.{0,40}\blost\b|no space left|fetch failed|socket hang up/i

/**
 * Whether an error is none of an extension's: a mistake of the user, a stop, a broken model, or the end of memory, disk or network. Such errors end the run, which can be
 * tried again; that what was asked for is undefined they do not show.
 */
export function endsRun(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    if (isUserError(cause) || ofModels.has(cause) || cause.name === 'AbortError') return true
    // A trap of WebAssembly leaves an engine behind that cannot be trusted.
    if (cause.name === 'RuntimeError' || endOfEngine.test(cause.message)) return true
    if ('code' in cause && typeof cause.code === 'string' && systemCode.test(cause.code)) return true
  }
  return false
}

/** The fault behind an error, where others have wrapped it. */
export function faultBehind(error: unknown): ExtensionFault | FaultOf | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    if (cause instanceof ExtensionFault || cause instanceof FaultOf) return cause
  }
  return undefined
}

type Unit = JobFault['units'][number]

/** The faults of a job, those with one reason together. */
export class FaultList {
  readonly #byReason = new Map<string, { readonly extension: string; readonly reason: string; readonly units: Unit[] }>()

  add({ extension, message: reason }: ExtensionFault, ...units: readonly Unit[]): void {
    const known = this.#byReason.get(reason) ?? { extension, reason, units: [] }
    this.#byReason.set(reason, known)
    known.units.push(...units)
  }

  list(): readonly JobFault[] {
    return [...this.#byReason.values()]
  }
}
