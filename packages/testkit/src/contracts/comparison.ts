import { createRandomness, sizeOf, type AttributionMap, type ComparisonTraits } from '@touchstone/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectMetadata, open, patience, type Plugins } from './opened.js'

/**
 * The contract of a comparison, as vitest tests: metadata, values within the declared range, a map is most like itself, maps are untouched, and what cannot be
 * compared gives a reason.
 *
 * ```ts
 * describeComparison(plugin, 'top-k', { k: 10 })
 * ```
 *
 * @param options of the comparison; they must fit maps of 8 x 8.
 */
export function describeComparison(plugins: Plugins, name: string, options: Readonly<Record<string, unknown>> = {}): void {
  describe(`${name} keeps the contract of a comparison`, patience, () => {
    const setUp = async () => {
      const { host, instance, resolved } = await open(plugins, 'comparison', name, options)
      return { comparison: instance, traits: host.registry.extension('comparison', resolved.use)!.value.traits as ComparisonTraits }
    }

    test('its metadata is complete, and true', async () => {
      expectMetadata(plugins, 'comparison', name)
      const { comparison, traits } = await setUp()
      expect(comparison.measures).toBe(traits.measures)
    })

    test('values lie in the declared range, repeat, and no map is more like a map than itself', async () => {
      const { comparison, traits } = await setUp()
      const [low, high] = traits.range
      fc.assert(
        fc.property(fc.nat(1e6), fc.constantFrom([8, 8, 1], [8, 8, 3], [9, 8], [80]), fc.constantFrom(1, 1e-3, 1e4), (seed, shape, scale) => {
          const [a, b] = [mapOf(seed, 'a', shape, scale), mapOf(seed, 'b', shape, scale)]
          const before = [...a.data, ...b.data]
          const result = comparison.compare(a, b)
          if (result.value === undefined) {
            expect(result.reason).toBeTruthy()
            return
          }
          const slack = 1e-9 * Math.max(1, Math.abs(result.value))
          if (low !== null) expect(result.value).toBeGreaterThanOrEqual(low - slack)
          if (high !== null) expect(result.value).toBeLessThanOrEqual(high + slack)
          expect(comparison.compare(a, b)).toEqual(result)
          const { value: self } = comparison.compare(a, { ...a, data: a.data.slice() })
          if (traits.measures === 'distance') {
            expect(self).toBeLessThanOrEqual(slack)
            expect(result.value).toBeGreaterThanOrEqual(-slack)
          } else {
            expect(self).toBeGreaterThanOrEqual(result.value - slack)
            if (high !== null) expect(self).toBeCloseTo(high, 9)
          }
          expect([...a.data, ...b.data], 'the maps are untouched').toEqual(before)
        }),
        { numRuns: 40, seed: 1 },
      )
    })

    test('a map that is not finite has no value, but a reason', async () => {
      const { comparison } = await setUp()
      for (const fault of [Number.NaN, Infinity]) {
        const [a, b] = [mapOf(1, 'a', [8, 8, 1]), mapOf(1, 'b', [8, 8, 1])]
        b.data[3] = fault
        for (const { value, reason } of [comparison.compare(a, b), comparison.compare(b, a)]) {
          expect(value).toBeUndefined()
          expect(reason).toBeTruthy()
        }
      }
    })

    test('constant maps have a value or a reason, and maps of two shapes are refused', async () => {
      const { comparison } = await setUp()
      const constant = { shape: [8, 8, 1], data: new Float32Array(64) }
      for (const result of [comparison.compare(constant, constant), comparison.compare(constant, mapOf(1, 'a', [8, 8, 1]))]) expect(result.value === undefined ? result.reason : Number.isFinite(result.value)).toBeTruthy()
      expect(() => comparison.compare(mapOf(1, 'a', [8, 8, 1]), mapOf(1, 'b', [8, 9, 1]))).toThrow(/shape/)
    })
  })
}

function mapOf(seed: number, what: string, shape: readonly number[], scale = 1): AttributionMap {
  return { shape, data: Float32Array.from(createRandomness(seed, what).normals('map', 0, sizeOf(shape)), (value) => value * scale) }
}
