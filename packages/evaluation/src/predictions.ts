import { eachRow, stackRows, type Example, type Model } from '@touchstone/core'
import type { Store } from './store/store.js'
import type { UnitKeys } from './unit-keys.js'

/** What the model of a label makes of examples: from the store, else by the model, and then kept. */
export type Predictions = (model: string, examples: readonly Pick<Example, 'input'>[], inputDigests: readonly string[]) => Promise<readonly Float32Array[]>

export function createPredictions(models: ReadonlyMap<string, Model>, store: Store, keys: UnitKeys): Predictions {
  return async (label, examples, inputDigests) => {
    const model = models.get(label)!
    const places = inputDigests.map((inputDigest) => keys.prediction(label, inputDigest))
    const kept = await Promise.all(places.map((key) => store.get<Float32Array>(key)))
    const missing = kept.flatMap((outputs, index) => (outputs === undefined ? [index] : []))
    if (missing.length === 0) return kept as Float32Array[]
    const fresh = eachRow(await model.predict(stackRows(missing.map((index) => examples[index]!.input), model.inputShape)))
    const found = new Map(missing.map((index, position) => [index, fresh[position]!]))
    for (const [index, outputs] of found) store.put('prediction', places[index]!, outputs)
    return kept.map((outputs, index) => outputs ?? found.get(index)!)
  }
}
