import { expect, test } from 'vitest'
import { rank } from './rank.js'

const places = (means: readonly (number | null | undefined)[], direction: 'lower' | 'higher') => rank(means, direction).map((one) => one && `${one.place}/${one.of}${one.tied ? '=' : ''}`)

test('the smallest mean is first where lower is better, the largest where higher is', () => {
  expect(places([0.3, 0.1, 0.2], 'lower')).toEqual(['3/3', '1/3', '2/3'])
  expect(places([0.3, 0.1, 0.2], 'higher')).toEqual(['1/3', '3/3', '2/3'])
})

test('equal means share the better place and the next place is left out', () => {
  expect(places([2, 1, 2, 3], 'lower')).toEqual(['2/4=', '1/4', '2/4=', '4/4'])
  expect(places([2, 1, 2, 3], 'higher')).toEqual(['2/4=', '4/4', '2/4=', '1/4'])
})

test('what has no mean has no rank and is not counted', () => {
  expect(places([null, 1, undefined, 0], 'lower')).toEqual([undefined, '2/2', undefined, '1/2'])
})
