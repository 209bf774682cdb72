import type { Dataset } from '@touchstone/core'

/** Nearer to an end of the range a sigmoid does not start: from there on it hardly moves, so that what is black or white hardly changes, and edges do. */
const margin = 0.005

/** Where a value lies in its range, from 0 to 1, kept off both ends. */
export const shareOf = (value: number, { low, high }: Dataset['range']): number => Math.min(1 - margin, Math.max(margin, (value - low) / (high - low)))
