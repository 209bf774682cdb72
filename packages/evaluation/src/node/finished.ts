/**
 * What it takes to see that a run is finished, and what it found, apart from all that it takes to do one.
 *
 * @packageDocumentation
 */
export { packageCode, type PackageCode } from './package-code.js'
export { readResults } from './run-folder.js'
export type { ConfigSettings } from './run-sources.js'
export { isFinished } from './seal.js'
