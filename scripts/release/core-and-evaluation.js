// What a page loads that evaluates: measured by size-limit.
export * from '@touchstone/core'
export * from '@touchstone/evaluation'
