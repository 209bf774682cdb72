import type { StandardSchemaV1 } from '@standard-schema/spec'

/** The schema of what `is` says yes to, for options that need no validator: bad values get `message`. */
export function schemaOf<T>(is: (value: unknown) => value is T, message: string): StandardSchemaV1<unknown, T> {
  return { '~standard': { version: 1, vendor: 'touchstone', validate: (value) => (is(value) ? { value } : { issues: [{ message }] }) } }
}
