import { UserError } from '../errors.js'
import { sizeOf, type Rows } from '../rows.js'

/** A number, or arrays of them within each other. */
export type NestedNumbers = number | readonly NestedNumbers[]

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
  perInput(name: string, inputs: number): readonly NestedNumbers[] | undefined {
    const value = this.value(name)
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value) || value.length !== inputs || !value.every(isNested)) return refuse(name, `a list with one array per input, ${inputs}`, value)
    return value
  }
}

export function isNested(value: unknown): value is NestedNumbers {
  return typeof value === 'number' ? Number.isFinite(value) : Array.isArray(value) && value.every(isNested)
}

/** The numbers in nested arrays, row-major. */
export function flatNumbers(value: NestedNumbers): readonly number[] {
  return typeof value === 'number' ? [value] : value.flatMap(flatNumbers)
}

/** Nested arrays as rows. @throws UserError where arrays at one depth differ in length. */
export function rowsOf(value: NestedNumbers, what: string): Rows {
  const shape: number[] = []
  for (let inner = value; typeof inner !== 'number'; inner = inner[0] ?? 0) shape.push(inner.length)
  const check = (inner: NestedNumbers, depth: number): void => {
    const length = typeof inner === 'number' ? undefined : inner.length
    if (length !== shape[depth]) throw new UserError(`${what}: its arrays differ in length`)
    if (typeof inner !== 'number') for (const item of inner) check(item, depth + 1)
  }
  check(value, 0)
  return { shape, data: Float32Array.from(flatNumbers(value)) }
}

/**
 * What one row of a batch is given: arrays hold an entry per row, or one for all, and are broadcast to the row's shape; flat, row-major.
 * @throws UserError where they hold another number of entries, or do not fit the row.
 */
export function entryOfRow(value: NestedNumbers, row: number, { shape: [rows = 0, ...rowShape] }: Rows, what: string): readonly number[] {
  if (typeof value === 'number') return new Array<number>(sizeOf(rowShape)).fill(value)
  if (value.length !== 1 && value.length !== rows) throw new UserError(`${what}: expected one entry, or one for each of ${rows} rows, found ${value.length}`)
  const { shape, data } = rowsOf(value.length === 1 ? value[0]! : value[row]!, what)
  const missing = rowShape.length - shape.length
  const aligned = [...new Array<number>(Math.max(missing, 0)).fill(1), ...shape]
  if (missing < 0 || !aligned.every((length, axis) => length === 1 || length === rowShape[axis])) throw new UserError(`${what}: [${shape.join(', ')}] does not fit rows of shape [${rowShape.join(', ')}]`)
  return Array.from({ length: sizeOf(rowShape) }, (_, index) => {
    let [rest, at, step] = [index, 0, 1]
    for (let axis = rowShape.length - 1; axis >= 0; axis--) {
      const along = rest % rowShape[axis]!
      rest = (rest - along) / rowShape[axis]!
      if (aligned[axis]! > 1) at += along * step
      step *= aligned[axis]!
    }
    return data[at]!
  })
}

function refuse(name: string, expected: string, found: unknown): never {
  throw new UserError(`params.${name}: expected ${expected}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`)
}
