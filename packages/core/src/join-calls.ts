/**
 * Joins all items that are asked for while nothing runs into one call, so that many small requests fill a batch.
 * Only for work in which items do not depend on one another.
 */
export function joinCalls<Item, Answer>(run: (items: readonly Item[]) => Promise<readonly Answer[]>): (items: readonly Item[]) => Promise<readonly Answer[]> {
  interface Call {
    readonly items: readonly Item[]
    readonly resolve: (answers: readonly Answer[]) => void
    readonly reject: (error: unknown) => void
  }
  let waiting: Call[] = []
  let running = false

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const calls = waiting
      waiting = []
      try {
        const answers = await run(calls.flatMap(({ items }) => items))
        let from = 0
        for (const { items, resolve } of calls) resolve(answers.slice(from, (from += items.length)))
      } catch (error) {
        for (const { reject } of calls) reject(error)
      }
      // Those who were answered ask again in this turn.
      await nextTurn()
    }
    running = false
  }

  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject })
      if (running) return
      running = true
      void nextTurn().then(flush)
    })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
