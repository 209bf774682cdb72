import { defineExtension, hash, UserError, type Example } from '@touchstone/core'

/** All examples, in an order that stays: stable ids, values row-major, and the index of the class where it is known. */
export async function readExamples(): Promise<readonly Example[]> {
  throw new Error('write how examples are read: readExamples in src/my-method.ts')
}

export const extension = defineExtension({
  kind: 'dataset',
  name: 'my-method',
  // One line that says what it is, and where the data comes from.
  summary: '',
  citation: '',
  // The file formats it reads.
  traits: { formats: [] },
  create: async () => {
    const examples = await readExamples()
    return {
      // The shape of one input, as in [28, 28, 1], and between which numbers its values lie.
      inputShape: [],
      range: { low: 0, high: 1 },
      size: examples.length,
      fingerprint: hash('my-method', ...examples.map(({ input }) => input)),
      example: async (index) => {
        const example = examples[index]
        if (!example) throw new UserError(`my-method has ${examples.length} examples, counted from 0: there is no example ${index}`)
        return example
      },
    }
  },
})
