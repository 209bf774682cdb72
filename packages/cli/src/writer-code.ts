import { fileURLToPath } from 'node:url'
import { packageCode } from '@touchstone/evaluation/finished'

/** The code that writes runs and reports. */
export function writerCode(): string {
  return packageCode(fileURLToPath(import.meta.url)).build
}
