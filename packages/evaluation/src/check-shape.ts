import { sameShape, sizeOf, type Attributions, type Rows } from '@touchstone/core'

/** @throws TypeError where what an extension gave is not rows of `shape`. */
export function checkShape(rows: Rows | undefined, shape: readonly number[], what: string): void {
  if (!rows || !Array.isArray(rows.shape) || !(rows.data instanceof Float32Array)) throw new TypeError(`expected ${what} as rows: { shape, data: Float32Array }`)
  if (!sameShape(rows.shape, shape)) throw new TypeError(`expected ${what} of shape [${shape.join(', ')}], found [${rows.shape.join(', ')}]`)
  if (rows.data.length !== sizeOf(shape)) throw new TypeError(`expected ${what} of ${sizeOf(shape)} values for shape [${shape.join(', ')}], found ${rows.data.length}`)
}

/** @throws TypeError where an attributer's diagnostics are not one number per row under each name. */
export function checkDiagnostics({ shape, diagnostics = {} }: Attributions): void {
  for (const [name, values] of Object.entries(diagnostics)) {
    if (!Array.isArray(values) || values.length !== shape[0] || !values.every((value) => typeof value === 'number'))
      throw new TypeError(`expected diagnostics "${name}" as a list of ${shape[0]} numbers, one per row`)
  }
}
