/** Looks for tensors that jobs leave over. */
export interface LeakWatch {
  /** How many tensors the engine holds; undefined where it does not say. */
  readonly tensors: (() => number) | undefined
  /** A job of a model begins. @returns to be called at its end: how many tensors it left over, where that is a leak not told of before, else 0. */
  readonly begin: (model: string) => () => number
}

/** What is made once for a model and stays, such as its weights in another form, grows in one job: a leak grows in two of that model that follow each other. Jobs that run beside others are not counted. */
export function createLeakWatch(tensors: (() => number) | undefined): LeakWatch {
  let running = 0
  let begun = 0
  const grown = new Map<string, number>()
  let told = false
  const begin = (model: string) => {
    const before = tensors?.() ?? 0
    const isAlone = running++ === 0
    const number = ++begun
    return () => {
      running--
      if (!tensors || !isAlone || begun !== number) return 0
      const left = tensors() - before
      grown.set(model, left > 0 ? (grown.get(model) ?? 0) + 1 : 0)
      if (told || grown.get(model)! < 2) return 0
      told = true
      return left
    }
  }
  return { tensors, begin }
}
