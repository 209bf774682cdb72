import { createRandomness, sliceRows, type AttributionRequest, type Model } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import { describe, expect, test } from 'vitest'
import { convModel } from '../toy-models.js'
import { expectMetadata, open, patience, type Plugins } from './opened.js'
import { randomDataset, randomRows } from './subject.js'

/**
 * The contract of an attribution method, as vitest tests: shape, finite values, determinism, independence of rows and of `batchRows`,
 * inputs and model untouched, no tensor left behind, cancellation, metadata, diagnostics one per row, and a declared cost equal to the rows
 * measured.
 *
 * ```ts
 * describeAttributer(plugin, 'integrated-gradients', { steps: 8 })
 * ```
 *
 * @param plugins the plugin under test, or a list of it and those whose extensions its options name.
 * @param options options of the method, small ones so that the tests are quick; its defaults unless told.
 */
export function describeAttributer(plugins: Plugins, name: string, options: Readonly<Record<string, unknown>> = {}): void {
  describe(`${name} keeps the contract of an attributer`, patience, () => {
    const setUp = async () => {
      const { host, resolved, instance: attributer } = await open(plugins, 'attributer', name, options)
      return { host, resolved, attributer, model: await convModel(11) }
    }

    test('its metadata is complete', () => expectMetadata(plugins, 'attributer', name, { cited: true, costed: true }))

    test('maps have the shape of the inputs, are finite and repeat', async () => {
      const { attributer, model } = await setUp()
      const request = requestFor(model, 5)
      const before = request.inputs.data.slice()
      const first = await attributer.attribute(request)
      expect(first.shape).toEqual(request.inputs.shape)
      expect([...first.data].every(Number.isFinite)).toBe(true)
      expect([...first.data].some((value) => value !== 0)).toBe(true)
      expect((await attributer.attribute(request)).data).toEqual(first.data)
      expect(request.inputs.data, 'the inputs are untouched').toEqual(before)
    })

    test('a map depends on its row alone, to the last bit: not on its neighbours, their order or batchRows', async () => {
      const { attributer, model } = await setUp()
      const request = requestFor(model, 9)
      const whole = await attributer.attribute(request)
      for (const [name, values] of Object.entries(whole.diagnostics ?? {})) {
        expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(values, `${name} is one finite number per row`).toSatisfy((list: readonly number[]) => list.length === 9 && list.every(Number.isFinite))
      }
      for (const batchRows of [1, 2, 7]) expect(await attributer.attribute({ ...request, batchRows })).toEqual(whole)
      for (const from of [0, 4, 8]) {
        const to = Math.min(from + 3, 9)
        const part = await attributer.attribute({ ...request, inputs: sliceRows(request.inputs, from, to), targets: request.targets.slice(from, to), randomness: request.randomness.slice(from, to) })
        expect(part.data).toEqual(sliceRows(whole, from, to).data)
        for (const [name, values] of Object.entries(whole.diagnostics ?? {})) expect(part.diagnostics?.[name]).toEqual(values.slice(from, to))
      }
    })

    test('it leaves no tensor behind and the model as it was', async () => {
      const { attributer, model } = await setUp()
      const request = requestFor(model, 3)
      await attributer.attribute(request)
      const outputs = await model.predict(request.inputs)
      const tensors = tf.memory().numTensors
      for (let run = 0; run < 3; run++) await attributer.attribute(request)
      expect(tf.memory().numTensors).toBe(tensors)
      expect(await model.predict(request.inputs)).toEqual(outputs)
    })

    test('no rows give no maps', async () => {
      const { attributer, model } = await setUp()
      expect(await attributer.attribute(requestFor(model, 0))).toMatchObject({ shape: [0, ...model.inputShape], data: new Float32Array(0) })
    })

    test('it stops when it is told to', async () => {
      const { attributer, model } = await setUp()
      await expect(attributer.attribute({ ...requestFor(model, 3), signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
    })

    test('it costs the rows it declares', async () => {
      const { host, resolved, attributer, model } = await setUp()
      const { rows, adaptive } = host.cost(resolved, model.inputShape)!
      const before = model.rowsRun()
      await attributer.attribute(requestFor(model, 4))
      const measured = (model.rowsRun() - before) / 4
      if (adaptive) expect(measured).toBeLessThanOrEqual(rows)
      else expect(measured).toBe(rows)
    })
  })
}

/** `count` random inputs in [0, 1] with different targets. */
function requestFor(model: Model, count: number): AttributionRequest {
  return {
    model,
    inputs: randomRows(count, model.inputShape),
    targets: Array.from({ length: count }, (_, index) => index % model.classCount),
    randomness: Array.from({ length: count }, (_, index) => createRandomness(5, `example ${index}`)),
    batchRows: 64,
    reference: randomDataset(model),
  }
}
