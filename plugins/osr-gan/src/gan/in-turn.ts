let last: Promise<unknown> = Promise.resolve()

/** Runs pieces of work one after the other, in the order in which they were asked for; a failure is the asker's alone. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work)
  last = mine.catch(() => undefined)
  return mine
}
