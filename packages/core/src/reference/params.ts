import { UserError } from '../errors.js'
import { flattenNested, isNested, nestedShape, spreadNested, type Nested } from '../nested.js'
import type { Rows } from '../rows.js'

/** The parameters of a reference case, read by name and type. */
export class ReferenceParams {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #read = new Set<string>()

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** The names that nothing asked for: a case with such a parameter was not understood. */
  unread(): readonly string[] {
    return Object.keys(this.#values).filter((name) => !this.#read.has(name))
  }

  /** A parameter as it stands. */
  value(name: string): unknown {
    this.#read.add(name)
    return this.#values[name]
  }

  number(name: string, fallback?: number): number {
    const value = this.value(name) ?? fallback
    return typeof value === 'number' ? value : refuse(name, 'a number', value)
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.value(name) ?? fallback
    return typeof value === 'boolean' ? value : refuse(name, 'true or false', value)
  }

  text(name: string, fallback?: string): string {
    const value = this.value(name) ?? fallback
    return typeof value === 'string' ? value : refuse(name, 'a text', value)
  }

  oneOf<Name extends string>(name: string, names: readonly Name[], fallback: Name): Name {
    const value = this.value(name) ?? fallback
    return names.find((known) => known === value) ?? refuse(name, names.join(' or '), value)
  }

  /** An array per input of the network, or one number for each of them; undefined where it is not given. */
  perInput(name: string, inputs: number): readonly Nested[] | undefined {
    const value = this.value(name)
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value) || value.length !== inputs || !value.every(isNested)) return refuse(name, `a list with one array per input, ${inputs}`, value)
    return value
  }
}

/** A nested list as rows. @throws UserError where lists of one depth differ in length. */
export function rowsOf(value: Nested, what: string): Rows {
  const shape = nestedShape(value)
  if (!shape || shape.length === 0) throw new UserError(`${what}: expected a list of rows, all of one shape`)
  return { shape, data: Float32Array.from(flattenNested(value)) }
}

/**
 * What one row of a batch is given, flat, row-major, by arrays that hold an entry per row, or one for all, each spread over the row.
 * @throws UserError where they hold another number of entries, or do not fit the row.
 */
export function entryOfRow(value: Nested, row: number, { shape: [rows = 0, ...rowShape] }: Rows, what: string): readonly number[] {
  if (typeof value !== 'number' && value.length !== 1 && value.length !== rows) throw new UserError(`${what}: expected one entry, or one for each of ${rows} rows, found ${value.length}`)
  return [...spreadNested(typeof value === 'number' ? value : value.length === 1 ? value[0]! : value[row]!, rowShape, what)]
}

function refuse(name: string, expected: string, found: unknown): never {
  throw new UserError(`params.${name}: expected ${expected}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`)
}
