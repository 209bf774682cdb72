import { eachRow, type Dataset, type TrainingContext, type TrainingProgress } from '@touchstone/core'
import { describe, expect, test } from 'vitest'
import { convModel } from '../toy-models.js'
import { expectMetadata, open, patience, type Plugins } from './opened.js'
import { randomRows } from './subject.js'

/**
 * The contract of a trainer, as vitest tests: metadata, weights that follow from seed, data and options, the first model as it was, and a training that goes on
 * from a checkpoint to the same weights.
 *
 * ```ts
 * describeTrainer(plugin, 'pgd', { steps: 4, batch: 8 })
 * ```
 *
 * @param options of the trainer: at least two steps, few so that the tests are quick.
 */
export function describeTrainer(plugins: Plugins, name: string, options: Readonly<Record<string, unknown>> = {}): void {
  describe(`${name} keeps the contract of a trainer`, patience, () => {
    const setUp = async () => {
      const { instance: trainer } = await open(plugins, 'trainer', name, options)
      const model = await convModel(11)
      const rows = eachRow(randomRows(24, model.inputShape))
      const dataset: Dataset = {
        inputShape: model.inputShape,
        size: rows.length,
        range: { low: 0, high: 1 },
        fingerprint: 'random examples',
        example: (index) => Promise.resolve({ id: String(index), input: rows[index]!, label: Number(rows[index]![0]! > 0.5) }),
      }
      const context: TrainingContext = { model, dataset, seed: 3 }
      const inputs = randomRows(4, model.inputShape, 8)
      return { trainer, context, inputs, model }
    }

    test('its metadata is complete', () => expectMetadata(plugins, 'trainer', name))

    test('the same seed gives the same weights, and the first model stays as it was', async () => {
      const { trainer, context, inputs, model } = await setUp()
      const before = await model.predict(inputs)
      const steps: TrainingProgress[] = []
      const trained = await trainer.train({ ...context, onProgress: (progress) => steps.push(progress) })
      const outputs = await trained.predict(inputs)
      expect([...outputs.data].every(Number.isFinite)).toBe(true)
      expect(outputs).not.toEqual(before)
      expect(trained.fingerprint).not.toBe(model.fingerprint)
      expect(await model.predict(inputs)).toEqual(before)
      expect((await trainer.train(context)).fingerprint).toBe(trained.fingerprint)
      expect(steps.map(({ step }) => step)).toEqual(steps.map((_, index) => index + 1))
      for (const { loss } of steps) expect(Number.isFinite(loss)).toBe(true)
    })

    test('stopped and resumed it comes to the same weights', async () => {
      const { trainer, context } = await setUp()
      const whole = await trainer.train(context)
      const stop = new AbortController()
      let state: Uint8Array | undefined
      const stopped = trainer.train({ ...context, signal: stop.signal, onProgress: () => stop.abort(new Error('stopped')), onCheckpoint: (bytes) => { state = bytes; return Promise.resolve() } })
      await expect(stopped).rejects.toThrow('stopped')
      expect(state).toBeDefined()
      expect((await trainer.train({ ...context, resume: state! })).fingerprint).toBe(whole.fingerprint)
    })
  })
}
