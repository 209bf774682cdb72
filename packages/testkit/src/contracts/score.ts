import { type Attributer } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { describe, expect, test } from 'vitest'
import { convModel } from '../toy-models.js'
import { expectMetadata, open, patience, type Plugins } from './opened.js'
import { judged } from './subject.js'

/**
 * The contract of a score, as vitest tests: metadata, a finite value or a reason, that repeats, serialises and does not depend on `batchRows`, the map untouched, no
 * tensor left behind, cancellation, and a declared cost equal to the rows measured.
 *
 * ```ts
 * describeScore(plugin, 'fidelity', { runs: 20 })
 * ```
 *
 * @param plugins the plugin under test, or a list of it and those whose extensions its options name.
 * @param options of the score, small ones so that the tests are quick.
 */
export function describeScore(plugins: Plugins, name: string, options: Readonly<Record<string, unknown>> = {}): void {
  describe(`${name} keeps the contract of a score`, patience, () => {
    const setUp = async () => {
      const { host, resolved, instance: score } = await open(plugins, 'score', name, options)
      return { host, resolved, score, model: await convModel(11) }
    }

    test('its metadata is complete', () => expectMetadata(plugins, 'score', name, { costed: true }))

    test('it gives a finite value or a reason, which repeats and serialises, whatever batchRows', async () => {
      const { score, model } = await setUp()
      expect(['lower', 'higher']).toContain(score.direction)
      await score.fits?.(model, (await judged(model, ramp)).dataset)
      const context = await judged(model, ramp)
      const before = [...context.map.data, ...context.example.input]
      const result = await score.score(context)
      if (result.value === undefined) expect(result.reason).toBeTruthy()
      else expect(Number.isFinite(result.value)).toBe(true)
      expect(JSON.parse(JSON.stringify(result))).toEqual(result)
      for (const batchRows of [1, 7]) expect(await score.score(await judged(model, ramp, batchRows))).toEqual(result)
      expect([...context.map.data, ...context.example.input], 'map and input are untouched').toEqual(before)
    })

    test('it leaves no tensor behind', async () => {
      const { score, model } = await setUp()
      await score.score(await judged(model, ramp))
      const tensors = tf.memory().numTensors
      await score.score(await judged(model, ramp))
      expect(tf.memory().numTensors).toBe(tensors)
    })

    test('it costs the rows it declares', async () => {
      const { host, resolved, score, model } = await setUp()
      const { rows, shared = 0, adaptive } = host.cost(resolved, model.inputShape)!
      const context = await judged(model, ramp)
      const before = model.rowsRun()
      await score.score(context)
      const measured = model.rowsRun() - before
      if (adaptive) expect(measured).toBeLessThanOrEqual(rows + shared)
      else expect(measured).toBe(rows + shared)
    })
  })
}

/** A method without a model: it asks for no rows, and its maps have no ties. */
const ramp: Attributer = {
  attribute: ({ inputs: { shape, data } }) => Promise.resolve({ shape, data: data.map((value, index) => value + Math.sin(index)) }),
}
