/*
 * Prints how many test digits each classifier gets right, as they are and attacked within 0.3 (PGD, 20 steps).
 *
 *   npm run accuracy, in this folder
 */
import { argmax, rowAt, stackRows, type Rows } from '@touchstone/core'
import { networkOf, pgd } from '@touchstone/network'
import { modelOf, models, testDigits, type ModelName } from './measure.js'

const [plain, attacked] = [10_000, 500]
const dataset = await testDigits()
const digits = await Promise.all(Array.from({ length: plain }, (_, index) => dataset.example(index)))

for (const name of Object.keys(models) as ModelName[]) {
  const model = await modelOf(name)
  const right = async (rows: Rows, from: number): Promise<number> => {
    const outputs = await model.predict(rows)
    return digits.slice(from, from + rows.shape[0]!).filter(({ label }, row) => argmax(rowAt(outputs, row)) === label).length
  }
  let [clean, robust] = [0, 0]
  for (let from = 0; from < plain; from += 100) {
    const batch = digits.slice(from, from + 100)
    const rows = stackRows(batch.map(({ input }) => input), model.inputShape)
    clean += await right(rows, from)
    if (from >= attacked) continue
    const { inputs } = await pgd(networkOf(model), rows, batch.map(({ label }) => label!), { norm: 'linf', radius: 0.3, steps: 20, bounds: dataset.range })
    robust += await right(inputs, from)
  }
  console.log(`${name}: ${((100 * clean) / plain).toFixed(2)} % of ${plain} test digits, ${((100 * robust) / attacked).toFixed(1)} % of the first ${attacked} attacked`)
}
