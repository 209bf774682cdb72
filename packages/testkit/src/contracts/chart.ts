import type { ChartTraits } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { expectMetadata, open, patience, type Plugins } from './opened.js'

/**
 * The contract of a chart, as vitest tests: metadata, a drawing that is plain data with a title and a description, repeats and loads nothing, results untouched, and
 * results without a value drawn or left out.
 *
 * ```ts
 * describeChart(plugin, 'spread')
 * ```
 *
 * @param results of the format `touchstone-results/1`; unless told two methods on three examples of one model, with one score undefined, as rows and their summary.
 * @param metric the label of a metric in them.
 */
export function describeChart(plugins: Plugins, name: string, results: object = resultsOf([0.25, 0.5, null, -1, 0, 2]), metric = 'judged'): void {
  describe(`${name} keeps the contract of a chart`, patience, () => {
    const opened = async () => (await open(plugins, 'chart', name)).instance

    test('its metadata is complete', async () => {
      expectMetadata(plugins, 'chart', name)
      const { host, resolved } = await open(plugins, 'chart', name)
      const { shows } = host.registry.extension('chart', resolved.use)!.value.traits as ChartTraits
      expect(shows, 'traits.shows names the scores and presets that it shows').not.toHaveLength(0)
    })

    test('its drawing is plain data with a title and a description, repeats and loads nothing', async () => {
      const chart = await opened()
      const before = structuredClone(results)
      const drawing = chart.draw(results, metric)
      expect(drawing, 'there are scores to draw').toBeDefined()
      expect(drawing!.title, 'has a title').not.toBe('')
      expect(drawing!.description, 'says in words what is to be seen').not.toBe('')
      expect(JSON.parse(JSON.stringify(drawing))).toEqual(drawing)
      expect(JSON.stringify(drawing!.vegaLite), 'brings its values: a specification that names an address is not drawn').not.toMatch(/"(url|href)":/)
      expect(chart.draw(results, metric)).toEqual(drawing)
      expect(results, 'the results are untouched').toEqual(before)
    })

    test('a metric without a single value costs no error', async () => {
      const chart = await opened()
      for (const nothing of [resultsOf([]), resultsOf([null, null])]) expect(() => chart.draw(nothing, 'judged')).not.toThrow()
    })
  })
}

/** Results of the metric `judged` with these values: an example after the other, two methods each. */
function resultsOf(values: readonly (number | null)[]): object {
  const of = (place: number) => ({ model: 'well', attributer: place % 2 ? 'occlusion' : 'saliency', metric: 'judged' })
  const rows = values.map((value, place) => ({ ...of(place), example: `example ${place >> 1}`, value, ...(value === null && { reason: 'made up' }) }))
  const summary = [0, 1].map((method) => {
    const found = rows.filter(({ attributer }) => attributer === of(method).attributer).flatMap(({ value }) => value ?? [])
    const mean = found.length > 0 ? found.reduce((sum, value) => sum + value, 0) / found.length : null
    return { ...of(method), direction: 'higher', n: found.length, undefined: rows.length / 2 - found.length, mean, ciLow: null, ciHigh: null }
  })
  return { format: 'touchstone-results/1', rows, summary, curves: [] }
}
