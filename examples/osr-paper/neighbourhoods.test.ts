import { expect, test } from 'vitest'
import { judgeNeighbourhoods, noises, type Found, type Neighbourhoods } from './neighbourhoods.js'
import { gridFigure, histogramFigure } from './samples-figure.js'

const one = (l2: number, logitDistance = 0, changes: Partial<Found> = {}): Found => ({ l2, linf: l2 / 10, logitDistance, sameClass: true, accepted: true, ...changes })
/** The same neighbours for each of twelve inputs, a little farther for each. */
const everywhere = (list: readonly Found[]): Neighbourhoods[string] => Array.from({ length: 12 }, (_, i) => list.map((found) => ({ ...found, l2: found.l2 * (1 + i / 1000) })))

const near = [one(1), one(1.01), one(0.99)]
const spread = [one(1, 1), one(2, 2), one(3, 3)]
// As many keep their class as the paper says, a little more for one input, a little less for the next.
const noise = Object.fromEntries(Object.entries(noises).map(([name, { sameClass }]) => [name, Array.from({ length: 12 }, (_, input) => Array.from({ length: 400 }, (_, i) => one(1 + (i % 3) / 100, 0, { sameClass: i < 400 * sameClass * (input % 2 === 0 ? 1.2 : 0.8) })))]))
const asClaimed: Neighbourhoods = { ...noise, generator: everywhere(spread), 'generator, printed': everywhere(spread), 'generator, delta 2.5': everywhere(near), 'generator, delta 5': everywhere(spread) }
const otherwise: Neighbourhoods = {
  ...Object.fromEntries(Object.keys(noises).map((name) => [name, everywhere(spread)])),
  generator: everywhere(near),
  'generator, printed': everywhere(near.map((found) => ({ ...found, logitDistance: -4.9 }))),
  'generator, delta 2.5': everywhere(spread),
  'generator, delta 5': everywhere([one(1.2, 1), one(1.1, 2), one(1, 3)]),
}

test('claims on neighbours that hold, and those that do not', () => {
  expect(judgeNeighbourhoods('cifar10', asClaimed).map(({ claim, verdict }) => `${claim.slice(0, 2)} ${verdict}`)).toEqual(['C6 holds', 'C6 holds', 'C6 holds', 'C7 holds', 'C7 holds', 'C7 holds', 'C7 holds', 'C8 holds', 'C9 holds'])
  expect(judgeNeighbourhoods('cifar10', otherwise).map(({ claim, verdict }) => `${claim.slice(0, 2)} ${verdict}`)).toEqual([
    'C6 does not hold', 'C6 does not hold', 'C6 does not hold', 'C7 does not hold', 'C7 does not hold', 'C7 does not hold', 'C7 does not hold', 'C8 does not hold', 'C9 does not hold',
  ])
  expect(judgeNeighbourhoods('mnist', asClaimed).some(({ claim }) => claim.startsWith('C7'))).toBe(false)
})

test('what was rejected does not count, and three inputs tell nothing', () => {
  const rejected = { ...asClaimed, 'generator, printed': everywhere(spread.map((found) => ({ ...found, accepted: false }))) }
  expect(judgeNeighbourhoods('mnist', rejected).filter(({ claim }) => claim.includes('printed'))).toMatchObject([{ inputs: 0, verdict: 'cannot tell' }, { inputs: 0, verdict: 'cannot tell' }])
  const atThree = { ...asClaimed, 'generator, printed': asClaimed['generator, printed']!.map((list, input) => list.map((found) => ({ ...found, accepted: input < 3 }))) }
  expect(judgeNeighbourhoods('mnist', atThree).filter(({ claim }) => claim.includes('printed'))).toMatchObject([{ inputs: 3, verdict: 'cannot tell' }, { inputs: 3, verdict: 'cannot tell' }])
})

test('the generator as printed may be left out, and claims of it with it', () => {
  const rest = Object.fromEntries(Object.entries(asClaimed).filter(([sampler]) => sampler !== 'generator, printed'))
  expect(judgeNeighbourhoods('radiographs', rest).map(({ claim, verdict }) => `${claim.slice(0, 2)} ${verdict}`)).toEqual(['C6 holds', 'C8 holds', 'C9 holds'])
})

test('figures have a histogram for each sampler and measure, and a picture for each neighbour', () => {
  expect(histogramFigure('toy', asClaimed).match(/fill="#0072b2"/g)).toHaveLength(3 * Object.keys(asClaimed).length)
  const pictures = [1, 2, 3].map((value) => new Float32Array(300 * 300).fill(value / 4))
  const drawn = gridFigure('toy', [pictures, pictures.slice(1)], [300, 300, 1])
  expect(drawn.match(/<image/g)).toHaveLength(5)
  // Of 300 values a side, 60.
  const png = Buffer.from(/base64,([^"]+)/.exec(drawn)![1]!, 'base64')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([60, 60])
})
