/** Looks for tensors that jobs leave over. */
export interface LeakWatch {
  /** How many tensors the engine holds; undefined where it does not say. */
  readonly tensors: (() => number) | undefined
  /** A job begins. @returns to be called at its end: how many tensors it left over, where that is a leak not told of before, else 0. */
  readonly begin: () => () => number
}

/** What is made once and stays, such as weights, grows in one job: a leak grows in two that follow each other. Jobs that run beside others are not counted. */
export function createLeakWatch(tensors: (() => number) | undefined): LeakWatch {
  let running = 0
  let begun = 0
  let grown = 0
  let told = false
  const begin = () => {
    const before = tensors?.() ?? 0
    const isAlone = running++ === 0
    const number = ++begun
    return () => {
      running--
      if (!tensors || !isAlone || begun !== number) return 0
      const left = tensors() - before
      grown = left > 0 ? grown + 1 : 0
      if (told || grown < 2) return 0
      told = true
      return left
    }
  }
  return { tensors, begin }
}
