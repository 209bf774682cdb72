import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandomness, hash } from '../index.js'
import { binary } from './binary.js'
import { normalQuantile, portableLog } from './normal-quantile.js'
import { philox } from './philox.js'
import { fillOneByOne } from './randomness.js'
import { fillByVectors } from './vector.js'

// The known answers that come with Random123, the authors' own implementation.
test.each([
  [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
] as const)('philox 4x32-10 gives the known answer for counter %j', (counter, key, answer) => {
  const out = new Uint32Array(4)
  philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out)
  expect([...out]).toEqual(answer)
})

test('the portable logarithm agrees with Math.log', () => {
  fc.assert(fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => Math.abs(portableLog(x) - Math.log(x)) <= 4e-15 * Math.max(1, Math.abs(Math.log(x)))))
})

test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.01, -2.3263478740408408],
  [1e-9, -5.997807015007687],
  [1e-20, -9.262340089798408],
])('the normal quantile of %d is %d', (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 13)
})

test('numbers depend on seed, subject, purpose and draw, and on nothing else', () => {
  const all = [createRandomness(1, 'a'), createRandomness(2, 'a'), createRandomness(1, 'b')].flatMap((one) => [one.uniforms('p', 0, 8), one.uniforms('q', 0, 8), one.uniforms('p', 1, 8)])
  expect(new Set(all.map(String)).size).toBe(9)
  const one = createRandomness(1, 'a')
  one.normals('p', 5, 100)
  expect(one.uniforms('p', 0, 8)).toEqual(createRandomness(1, 'a').uniforms('p', 0, 8))
  expect(one.uniforms('p', 0, 100).subarray(0, 7)).toEqual(one.uniforms('p', 0, 7))
})

test('numbers are what they have always been, to the last bit', () => {
  const digests = (['uniforms', 'normals'] as const).map((kind) =>
    hash(...[1, 2, 3, 784, 20_001].map((count, draw) => new Uint8Array(createRandomness(7, 'subject')[kind]('purpose', draw * 0x60000000, count).buffer))),
  )
  expect(digests).toEqual(['b1e47fc192abfffd8616facb0c70ace9bc415cf8c151501f1b837b88c1c8ca92', 'd07c73f2eaef28cc29b5f66a348f89ce25b8815e86e31d94b6f4d81075c56fad'])
  // A list at once and one by one.
  const uniforms = createRandomness(8, 'x').uniforms('p', 0, 10_000)
  expect(createRandomness(8, 'x').normals('p', 0, 10_000)).toEqual(uniforms.map(normalQuantile))
})

test('numbers by vectors are those made one by one, to the last bit', () => {
  fc.assert(
    fc.property(fc.constantFrom('uniforms' as const, 'normals' as const), fc.nat(5000), fc.nat(2 ** 33), fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff)), (kind, count, draw, key) => {
      const [vectors, single] = [new Float64Array(count), new Float64Array(count)]
      expect(fillByVectors(vectors, kind, key, draw)).toBe(true)
      fillOneByOne(single, kind, key, draw)
      expect(vectors).toEqual(single)
    }),
  )
})

test('what is committed is what the sources compile to', async () => {
  // @ts-expect-error: a script without types
  const { compile } = (await import('../../../../scripts/assembly.mjs')) as { compile: (name: string) => Promise<string> }
  expect(await compile('core')).toBe(binary)
})

test('uniforms fill (0, 1) evenly; normals have mean 0, variance 1 and the right tails', () => {
  const n = 40_000
  const uniforms = createRandomness(3, 'x').uniforms('u', 0, n)
  const bins = new Array<number>(20).fill(0)
  for (const u of uniforms) bins[Math.floor(u * 20)]!++
  // Chi-squared with 19 degrees of freedom stays below 43.8 in 99.9 % of cases.
  expect(bins.reduce((sum, count) => sum + (count - n / 20) ** 2 / (n / 20), 0)).toBeLessThan(43.8)
  const normals = createRandomness(3, 'x').normals('n', 0, n)
  const mean = normals.reduce((sum, z) => sum + z, 0) / n
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n))
  expect(Math.abs(normals.reduce((sum, z) => sum + z * z, 0) / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
  expect(Math.abs(normals.filter((z) => Math.abs(z) > 1.959964).length / n - 0.05)).toBeLessThan(0.005)
})
