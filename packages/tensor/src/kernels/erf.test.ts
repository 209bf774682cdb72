import { erf, mul, sum, tidy } from '#tfjs/core'
import type { Tensor4D } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { openEngine } from '../index.js'
import { expectClose, expectNoLeak, expectSameAsCpu, gradient, runOn, slopes } from '../testing/checks.js'
import { randomValues, toTensor } from '../testing/values.js'

beforeAll(() => openEngine())

it('the error function is that of cpu, and known where it is known', async () => {
  await expectSameAsCpu([randomValues([3, 5])], (x) => erf(mul(x, 4)))
  const values = await runOn('engine', [{ shape: [4], data: Float32Array.of(-9, 0, 0.5, 1) }], (x) => erf(x))
  // At 0 the polynomial is off by 1e-9, but 0 has no sign.
  ;[-1, 0, 0.5204998778, 0.8427007929].forEach((value, i) => { expect(values[i]).toBeCloseTo(value, 6) })
})

it('its gradient agrees with finite differences', async () => {
  const x = randomValues([2, 3])
  const score = (at: Tensor4D) => sum(erf(at))
  const expected = slopes((data) => tidy(() => score(toTensor({ shape: x.shape, data })).dataSync()[0]!), x.data)
  expectClose(await runOn('engine', [x], (at) => gradient(score)(at)), expected, 1e-3)
})

it('leaves nothing behind', async () => {
  await expectNoLeak([randomValues([4, 4])], (x) => erf(x))
})
