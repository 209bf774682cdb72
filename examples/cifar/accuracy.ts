/*
 * Prints how many test pictures the classifier gets right, class by class.
 *
 *   npm run accuracy, in this folder
 */
import { argmax, Base, Host, rowAt, stackRows } from '@touchstone/core'
import datasets from '@touchstone/datasets'
import tfjsModels from '@touchstone/tfjs-models'
import { pictures } from './pictures.js'

const batchRows = 250
const host = new Host([tfjsModels, datasets])
await using scope = host.open([{ token: Base, value: { path: import.meta.dirname } }])
const resolver = host.resolver()
const dataset = await scope.create({ ...resolver.resolve('dataset', pictures('test'), ['dataset'])!, kind: 'dataset' })
const model = await scope.create({ ...resolver.resolve('model', { use: 'layers-model', options: { path: 'models/natural' } }, ['model'])!, kind: 'model' })

const classes = dataset.classNames!.map((name) => ({ name, right: 0, count: 0 }))
for (let from = 0; from < dataset.size; from += batchRows) {
  const examples = await Promise.all(Array.from({ length: Math.min(batchRows, dataset.size - from) }, (_, i) => dataset.example(from + i)))
  const outputs = await model.predict(stackRows(examples.map(({ input }) => input), model.inputShape))
  for (const [row, { label }] of examples.entries()) {
    const one = classes[label!]!
    one.count++
    if (argmax(rowAt(outputs, row)) === label) one.right++
  }
}
for (const { name, right, count } of classes) console.log(`${name}: ${right} of ${count}`)
console.log(`all: ${classes.reduce((sum, { right }) => sum + right, 0)} of ${dataset.size}`)
