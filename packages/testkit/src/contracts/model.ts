import { rowAt, sliceRows, type Model } from '@touchstone/core'
import { openEngine, tf } from '@touchstone/tensor'
import { describe, expect, test } from 'vitest'
import { randomRows } from './subject.js'
import { patience } from './opened.js'

/**
 * The contract of a model, as vitest tests: finite outputs of the declared shape, rows that depend on themselves alone to the last bit, rows counted, the same
 * fingerprint when it is made again, and no tensor left when it is disposed.
 *
 * ```ts
 * describeModel('my model', () => open('model.bin'))
 * ```
 *
 * @param create makes the model, equal each time.
 */
export function describeModel(name: string, create: () => Model | Promise<Model>): void {
  describe(`${name} keeps the contract of a model`, patience, () => {
    test('outputs are finite, of the declared shape, and repeat', async () => {
      const model = await create()
      const inputs = randomRows(5, model.inputShape)
      const before = inputs.data.slice()
      const outputs = await model.predict(inputs)
      expect(outputs.shape).toEqual([5, model.classCount])
      expect([...outputs.data].every(Number.isFinite)).toBe(true)
      if (model.outputs === 'probabilities') for (let row = 0; row < 5; row++) expect(rowAt(outputs, row).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      expect(await model.predict(inputs)).toEqual(outputs)
      expect(inputs.data, 'the inputs are untouched').toEqual(before)
      expect((await model.predict(sliceRows(inputs, 0, 0))).shape).toEqual([0, model.classCount])
    })

    test('a row\'s output depends on the row alone, to the last bit', async () => {
      const model = await create()
      const inputs = randomRows(7, model.inputShape)
      const whole = await model.predict(inputs)
      for (const [from, to] of [[0, 1], [2, 5], [6, 7]] as const) expect((await model.predict(sliceRows(inputs, from, to))).data).toEqual(sliceRows(whole, from, to).data)
    })

    test('it counts rows, knows its cost, and has the same fingerprint when it is made again', async () => {
      const [model, other] = [await create(), await create()]
      const before = model.rowsRun()
      await model.predict(randomRows(3, model.inputShape))
      expect(model.rowsRun()).toBe(before + 3)
      expect(model.mflopPerRow).toBeGreaterThanOrEqual(0)
      expect(model.fingerprint).not.toBe('')
      expect(other.fingerprint).toBe(model.fingerprint)
    })

    test('disposing it gives its tensors back', async () => {
      // A model of another engine has not opened it.
      await openEngine()
      await (await create()).dispose?.()
      const tensors = tf.memory().numTensors
      const model = await create()
      await model.predict(randomRows(2, model.inputShape))
      await model.dispose?.()
      expect(tf.memory().numTensors).toBe(tensors)
    })
  })
}
