/** One thing that is wrong with what a user wrote: where, what, and which package says so. */
export interface Problem {
  /** Keys from the root of the config, as in `['attributers', 'ig', 'options', 'steps']`. */
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** The package whose rule was broken. */
  readonly source: string
}

const userMistake = Symbol.for('@touchstone/core:user-mistake')

/**
 * The user's mistake, not ours: shown as its message alone, without a stack trace, and ends a command with exit code 2.
 * The message names the place, what was expected, what was found, and what to do.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError'
  readonly [userMistake] = true
}

/** Every problem of a config in one error, so that nobody mends them one run at a time. */
export class ConfigError extends UserError {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(origin: string, problems: readonly Problem[]) {
    const lines = problems.map(({ path, message, source }) => `  ${formatPath(path)}: ${message} [${source}]`)
    super([`${origin}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`, ...lines].join('\n'))
    this.problems = problems
  }
}

/** Holds also for errors that were made by another copy of this package. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && userMistake in error
}

/** `['models', 'well', 0]` -> `models.well[0]`; the root is `config`. */
export function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'config'
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = typeof key === 'string' && !/^[\w$@/ -]+$/.test(key) ? JSON.stringify(key) : String(key)
    return text === '' ? name : `${text}.${name}`
  }, '')
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message
  try {
    return String(error)
  } catch {
    return 'something that cannot be shown was thrown'
  }
}
