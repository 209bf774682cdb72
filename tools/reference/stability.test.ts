import { readFileSync } from 'node:fs'
import { createRandomness, Host, type Neighbour, type ScoreContext } from '@touchstone/core'
import comparisons from '@touchstone/comparisons'
import { evaluationPlugin } from '@touchstone/evaluation'
import noise from '@touchstone/noise'
import sensitivity from '@touchstone/sensitivity'
import { expect, test } from 'vitest'

type Values = Readonly<Record<'x' | 'map' | 'logits' | 'inside', readonly number[]>>

const { input, others, expected, versions } = JSON.parse(readFileSync(new URL('stability.fixture.json', import.meta.url), 'utf8')) as {
  readonly input: Values
  readonly others: readonly Values[]
  readonly expected: Readonly<Record<string, readonly number[]>>
  readonly versions: Readonly<Record<string, string>>
}
const floats = (values: readonly number[]): Float32Array => Float32Array.from(values)
const shape = [3, 3, 2]
const x = floats(input.x)

/** A score of the fixture's map, its neighbours given as far as `draws` says. */
async function score(use: string, draws: readonly number[]): Promise<number | undefined> {
  const chosen = draws.map((draw) => others[draw]!)
  const neighbours = chosen.map((one): Neighbour => ({ input: floats(one.x), inputDistance: { l2: 1, linf: 1 }, outputs: floats(one.logits), logitDistance: 0, predicted: 0 }))
  const host = new Host([evaluationPlugin, noise, comparisons, sensitivity])
  const resolved = host.resolver().resolve('score', { use, options: { samples: draws.length } }, [])!
  const metric = await host.open().create({ ...resolved, kind: 'score' })
  const all = [input, ...chosen]
  // What a row is inside is looked up by the row.
  const inside = (rows: Float32Array) => all.find((one) => floats(one.x).every((value, i) => value === rows[i]))!.inside
  const representation = ({ shape: [count], data }: { readonly shape: readonly number[]; readonly data: Float32Array }) =>
    Promise.resolve({ shape: [count!, input.inside.length], data: floats(Array.from({ length: count! }, (_, row) => inside(data.subarray(row * x.length, (row + 1) * x.length))).flat()) })
  const context = {
    model: { inputShape: shape, capabilities: { representation } },
    example: { id: 'x', input: x },
    outputs: floats(input.logits),
    map: { shape, data: floats(input.map) },
    randomness: createRandomness(1, 'x'),
    batchRows: 4,
    neighbours: () => Promise.resolve(neighbours),
    maps: () => Promise.resolve(chosen.map((one) => ({ shape, data: floats(one.map) }))),
  }
  return (await metric.score(context as unknown as ScoreContext)).value
}

test.each(Object.keys(expected))('%s is the largest of the objectives of Quantus', async (use) => {
  const values = expected[use]!
  const draws = [...values.keys()]
  // Values and maps of float32 beside those of float64.
  for (const draw of draws) expect(Math.abs((await score(use, [draw]))! / values[draw]! - 1), `${use}, Quantus ${versions.quantus!}`).toBeLessThan(1e-6)
  expect(Math.abs((await score(use, draws))! / Math.max(...values) - 1)).toBeLessThan(1e-6)
})
