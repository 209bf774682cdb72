declare const carries: unique symbol

/**
 * A typed key for a service. Made from its id by `Symbol.for`, so that two copies of this package, or two plugins that
 * never saw one another, mean the same service.
 */
export interface Token<T> {
  readonly id: string
  readonly key: symbol
  /** Whether who asks for the service can do without. */
  readonly optional?: boolean
  readonly [carries]?: T
}

/** A token; `id` is `<package>:<name>`, as in `@touchstone/core:engine`. */
export function createToken<T>(id: string): Token<T> {
  return Object.freeze({ id, key: Symbol.for(id) })
}

/** The same service for who can do without: where nobody offers it, it is undefined. */
export function optional<T>(token: Token<T>): Token<T | undefined> {
  return Object.freeze({ ...token, optional: true })
}
