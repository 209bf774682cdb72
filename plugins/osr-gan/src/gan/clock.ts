/** Where the time of a training goes. */
export const stages = ['generator', 'discriminator', 'classifier', 'optimiser', 'probes', 'random numbers'] as const
export type Stage = (typeof stages)[number]

/** Seconds by stage; for reports, never for decisions. */
export interface Clock {
  readonly in: <T>(stage: Stage, work: () => T) => T
  readonly awaited: <T>(stage: Stage, work: () => Promise<T>) => Promise<T>
  readonly seconds: Readonly<Record<Stage, number>>
  readonly total: () => number
}

export function startClock(): Clock {
  const begun = performance.now()
  const seconds = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<Stage, number>
  const since = (stage: Stage, from: number): void => {
    seconds[stage] += (performance.now() - from) / 1000
  }
  return {
    in: (stage, work) => {
      const from = performance.now()
      const result = work()
      since(stage, from)
      return result
    },
    awaited: async (stage, work) => {
      const from = performance.now()
      const result = await work()
      since(stage, from)
      return result
    },
    seconds,
    total: () => (performance.now() - begun) / 1000,
  }
}
