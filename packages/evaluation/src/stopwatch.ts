import type { JobSeconds } from '@touchstone/core'

/**
 * Where the time of a job goes. What is asked of methods and of the model at the same moment runs in turns on one thread: time in which several methods are at
 * work is split evenly among them, and forward passes count for themselves only where no method is at work.
 */
export class Stopwatch {
  readonly #maps = new Map<string, number>()
  readonly #active = new Map<string, number>()
  readonly #begun = performance.now()
  #predicting = 0
  #predict = 0
  #last = this.#begun

  /** Counts the time until `work` is done for the maps of a method. */
  async maps<T>(method: string, work: () => Promise<T>): Promise<T> {
    this.#note()
    this.#active.set(method, (this.#active.get(method) ?? 0) + 1)
    try {
      return await work()
    } finally {
      this.#note()
      const left = this.#active.get(method)! - 1
      if (left > 0) this.#active.set(method, left)
      else this.#active.delete(method)
    }
  }

  /** Counts the time until `work` is done for forward passes. */
  async predict<T>(work: () => Promise<T>): Promise<T> {
    this.#note()
    this.#predicting++
    try {
      return await work()
    } finally {
      this.#note()
      this.#predicting--
    }
  }

  seconds(): JobSeconds {
    this.#note()
    return { total: (this.#last - this.#begun) / 1000, predict: this.#predict / 1000, maps: Object.fromEntries([...this.#maps].map(([method, milliseconds]) => [method, milliseconds / 1000])) }
  }

  #note(): void {
    const now = performance.now()
    const passed = now - this.#last
    this.#last = now
    for (const method of this.#active.keys()) this.#maps.set(method, (this.#maps.get(method) ?? 0) + passed / this.#active.size)
    if (this.#active.size === 0 && this.#predicting > 0) this.#predict += passed
  }
}

/** What several jobs took together. */
export function sumSeconds(all: readonly JobSeconds[]): JobSeconds {
  const maps: Record<string, number> = {}
  for (const one of all) for (const [method, seconds] of Object.entries(one.maps)) maps[method] = (maps[method] ?? 0) + seconds
  return { total: all.reduce((sum, { total }) => sum + total, 0), predict: all.reduce((sum, { predict }) => sum + predict, 0), maps }
}
