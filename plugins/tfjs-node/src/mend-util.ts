import { createRequire } from 'node:module'

/**
 * tfjs-node 4.22 calls functions of Node's `util` that Node 23 took away (tensorflow/tfjs#8425 mends it and was never released).
 * They are put back for it.
 */
export function mendUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean }
  util.isNullOrUndefined ??= (value) => value === undefined || value === null
  util.isArray ??= Array.isArray
}
