import type { Log } from '@touchstone/core'

/** Messages go to standard error: standard output is for results. */
export const consoleLog: Log = {
  info: (message) => console.error(message),
  warn: (message) => console.error(`warning: ${message}`),
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined }
