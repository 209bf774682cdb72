import { argmax, l2Distance, linfDistance, stackRows, type Attributer, type SamplerTraits } from '@touchstone/core'
import { attributerFromMap, inputGradient } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { describe, expect, test } from 'vitest'
import { convModel } from '../toy-models.js'
import { expectMetadata, open, patience, type Plugins } from './opened.js'
import { subjectOf } from './subject.js'

/**
 * The contract of a sampler, as vitest tests: metadata, as many candidates as were asked for, each measured as it is, within the data's range, the same for the same
 * seed and whatever `batchRows`, the input untouched, no tensor left behind, cancellation, and a declared cost equal to the rows measured.
 *
 * ```ts
 * describeSampler(plugin, 'noise', { radius: 0.1 })
 * ```
 *
 * @param plugins the plugin under test, or a list of it and those whose extensions its options name.
 * @param options of the sampler, small ones so that the tests are quick.
 */
export function describeSampler(plugins: Plugins, name: string, options: Readonly<Record<string, unknown>> = {}): void {
  describe(`${name} keeps the contract of a sampler`, patience, () => {
    const setUp = async () => {
      const { host, resolved, instance: sampler } = await open(plugins, 'sampler', name, options)
      const { dependsOn } = host.registry.extension('sampler', resolved.use)!.value.traits as SamplerTraits
      const model = await convModel(11)
      const context = await subjectOf(model, dependsOn === 'attributer' ? gradient : undefined)
      return { host, resolved, sampler, model, context }
    }

    test('its metadata is complete', () => expectMetadata(plugins, 'sampler', name, { costed: true }))

    test('candidates are as many as asked for, and measured as they are', async () => {
      const { sampler, model, context } = await setUp()
      const { input } = context.example
      const before = input.slice()
      const neighbours = await sampler.sample(context, 4)
      expect(neighbours).toHaveLength(4)
      const outputs = await model.predict(stackRows(neighbours.map((neighbour) => neighbour.input), model.inputShape))
      neighbours.forEach((neighbour, index) => {
        const logits = outputs.data.slice(index * model.classCount, (index + 1) * model.classCount)
        expect([...neighbour.input].every((value) => value >= 0 && value <= 1)).toBe(true)
        expect([...neighbour.outputs]).toEqual([...logits])
        expect(neighbour.predicted).toBe(argmax(logits))
        expect(neighbour.logitDistance).toBeCloseTo(context.outputs[context.target]! - logits[context.target]!, 9)
        expect(neighbour.inputDistance.l2).toBeCloseTo(l2Distance(neighbour.input, input), 9)
        expect(neighbour.inputDistance.linf).toBeCloseTo(linfDistance(neighbour.input, input), 9)
        if (neighbour.rejected !== undefined) expect(neighbour.rejected).not.toBe('')
      })
      expect(input, 'the input is untouched').toEqual(before)
    })

    test('the same seed gives the same candidates, and no tensor is left behind', async () => {
      const { sampler, context } = await setUp()
      const first = await sampler.sample(context, 3)
      const tensors = tf.memory().numTensors
      expect(await sampler.sample(context, 3)).toEqual(first)
      expect(tf.memory().numTensors).toBe(tensors)
    })

    test('what it makes does not depend on batchRows, to the last bit', async () => {
      const { sampler, context } = await setUp()
      const whole = await sampler.sample(context, 4)
      for (const batchRows of [1, 3]) expect(await sampler.sample({ ...context, batchRows }, 4)).toEqual(whole)
    })

    test('it stops when it is told to', async () => {
      const { sampler, context } = await setUp()
      await expect(sampler.sample({ ...context, signal: AbortSignal.abort(new Error('stopped')) }, 3)).rejects.toThrow('stopped')
    })

    test('it costs the rows it declares', async () => {
      const { host, resolved, sampler, model, context } = await setUp()
      // A map of the gradient, which attacks attack here, is one row.
      const { rows, maps = 0, mapsInTurn = 0, shared = 0, adaptive } = host.cost(resolved, model.inputShape)!
      const declared = shared + 4 * (rows + maps + mapsInTurn)
      const before = model.rowsRun()
      await sampler.sample(context, 4)
      const measured = model.rowsRun() - before
      if (adaptive) expect(measured).toBeLessThanOrEqual(declared)
      else expect(measured).toBe(declared)
    })
  })
}

/** A method that attacks can differentiate. */
const gradient: Attributer = attributerFromMap((network, x, targets) => inputGradient(network, x, targets))
