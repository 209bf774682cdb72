import { describeChart } from '@touchstone/testkit'
import { expect, test } from 'vitest'
import plugin from './index.js'
import { drawingOf } from './my-method.js'

describeChart(plugin, 'my-method')

test('a case drawn by hand', () => {
  const expected: readonly object[] = []
  expect(expected, 'write the values that the chart shows of the two scores below, as objects: expected in src/my-method.test.ts').not.toHaveLength(0)
  const row = (attributer: string, value: number | null) => ({ model: 'm', example: 'one', attributer, metric: 'a metric', value })
  expect(drawingOf([row('saliency', 0.25), row('occlusion', null)])).toHaveProperty('vegaLite.data.values', expected)
})
