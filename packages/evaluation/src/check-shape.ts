import { isFiniteArray, sameShape, sizeOf, type Attributions, type Neighbour, type Result, type Rows } from '@touchstone/core'

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

/** @throws TypeError where what an extension gave is not a finite number, nor the reason why there is none. */
export function checkResult(result: Result | undefined): void {
  if (typeof result?.value === 'number' ? Number.isFinite(result.value) : typeof result?.reason === 'string') return
  const found: unknown = result?.value ?? (typeof result === 'object' ? 'neither' : result)
  throw new TypeError(`expected a result with a finite number as value, or a reason, found ${typeof found === 'string' && found !== 'neither' ? JSON.stringify(found) : String(found)}: resultOf() of @touchstone/core makes a reason of NaN`)
}

/** @throws TypeError where what a sampler gave are not neighbours of an input of `size` values. */
export function checkNeighbours(list: readonly Neighbour[] | undefined, size: number): void {
  if (!Array.isArray(list)) throw new TypeError('expected a list of neighbours')
  for (const [place, neighbour] of (list as readonly (Partial<Neighbour> | undefined)[]).entries()) {
    const { input } = neighbour ?? {}
    if (!(input instanceof Float32Array) || input.length !== size) throw new TypeError(`expected neighbour ${place} with an input of ${size} values, found ${input instanceof Float32Array ? input.length : 'none'}`)
    if (!isFiniteArray(input)) throw new TypeError(`expected neighbour ${place} with finite values, found ${String(input.find((value) => !Number.isFinite(value)))} at ${input.findIndex((value) => !Number.isFinite(value))}`)
  }
}

/** @throws TypeError where a map holds what is no number. */
export function checkFinite(map: Float32Array): void {
  if (!isFiniteArray(map)) throw new TypeError(`expected a map of finite values, found ${String(map.find((value) => !Number.isFinite(value)))} at ${map.findIndex((value) => !Number.isFinite(value))}`)
}
