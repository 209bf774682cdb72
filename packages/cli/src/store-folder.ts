/** Where the command keeps what evaluations compute, unless told otherwise. */
export const storeFolder = '.touchstone'
