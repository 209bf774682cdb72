import { isFiniteArray, sizeOf, type Example } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { expectMetadata, open, patience, type Plugins } from './opened.js'

/**
 * The contract of a dataset, as vitest tests: metadata, examples of one shape within the range, ids that are stable and stand for one example each, labels that count
 * classes, the same fingerprint when it is opened again.
 *
 * ```ts
 * describeDataset(plugin, 'npz', { path: 'small.npz' }, import.meta.dirname)
 * ```
 *
 * At most 40 examples are read, spread over all of them.
 *
 * @param baseFolder where relative paths in the options start.
 */
export function describeDataset(plugins: Plugins, name: string, options: Readonly<Record<string, unknown>> = {}, baseFolder?: string): void {
  describe(`${name} keeps the contract of a dataset`, patience, () => {
    const opened = async () => (await open(plugins, 'dataset', name, options, baseFolder)).instance

    test('its metadata is complete', () => expectMetadata(plugins, 'dataset', name))

    test('examples have the shape, lie in the range, and have ids of their own', async () => {
      const dataset = await opened()
      const { low, high } = dataset.range
      expect(low).toBeLessThan(high)
      const ids = new Set<string>()
      const looked = someOf(dataset.size)
      for (const index of looked) {
        const { id, input, label } = await dataset.example(index)
        ids.add(id)
        expect(input).toHaveLength(sizeOf(dataset.inputShape))
        expect(isFiniteArray(input) && input.every((value) => value >= low && value <= high), `example ${index} lies in [${low}, ${high}]`).toBe(true)
        if (label === undefined) continue
        expect(Number.isInteger(label) && label >= 0).toBe(true)
        if (dataset.classNames) expect(label).toBeLessThan(dataset.classNames.length)
      }
      expect(ids.size).toBe(looked.length)
    })

    test('it is the same when it is opened again, in whatever order it is read', async () => {
      const [one, other] = [await opened(), await opened()]
      expect(other.fingerprint).toBe(one.fingerprint)
      expect(other.size).toBe(one.size)
      const looked = someOf(one.size)
      const forwards = new Map<number, Example>()
      for (const index of looked) forwards.set(index, await one.example(index))
      for (const index of looked.toReversed()) expect(await other.example(index)).toEqual(forwards.get(index))
      expect(await Promise.all(looked.map((index) => one.example(index))), 'side by side').toEqual([...forwards.values()])
    })

    test('an example that is not there is refused', async () => {
      const dataset = await opened()
      for (const index of [-1, dataset.size]) await expect((async () => dataset.example(index))()).rejects.toThrow()
    })
  })
}

/** Up to 40 places among `size`, first and last among them. */
function someOf(size: number): readonly number[] {
  const count = Math.min(size, 40)
  return Array.from({ length: count }, (_, index) => (count === 1 ? 0 : Math.round((index * (size - 1)) / (count - 1))))
}
