import { createInterface } from 'node:readline'

/** Asks for lines on standard input, one question after the other. */
export interface Questions extends Disposable {
  /** @returns the answer without the space around it; undefined where the input has ended. */
  readonly ask: (question: string) => Promise<string | undefined>
}

/** Lines may come all at once, as from a pipe: none is lost between two questions. */
export function openQuestions(): Questions {
  const reader = createInterface({ input: process.stdin, crlfDelay: Infinity })
  const lines = reader[Symbol.asyncIterator]()
  return {
    ask: async (question) => {
      process.stdout.write(question)
      const line = await lines.next()
      if (!line.done) return line.value.trim()
      process.stdout.write('\n')
      return undefined
    },
    [Symbol.dispose]: () => reader.close(),
  }
}
