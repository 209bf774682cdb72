import { expect, test } from 'vitest'
import { verdict } from './verdict.js'

test('an addon is ready where it computes on what it was built for', () => {
  expect(verdict('@tensorflow/tfjs-node', false, { tensorflow: '2.18.1', card: false })).toMatch(/^TensorFlow 2\.18\.1 computes on the processor: @tensorflow\/tfjs-node is ready\..* --backend tfjs-node$/)
  expect(verdict('@tensorflow/tfjs-node-gpu', true, { tensorflow: '2.18.1', card: true })).toMatch(/ computes on a graphics card: @tensorflow\/tfjs-node-gpu is ready\..* --backend tfjs-node-gpu$/)
})

test('one for a card is not ready where there is none, and what is missing is said', () => {
  const said = verdict('@tensorflow/tfjs-node-gpu', true, { tensorflow: '2.18.1', card: false })
  expect(said).not.toContain('ready')
  for (const part of ['computes on the processor', 'is built', 'no NVIDIA card', 'refused', '--with-cuda', 'without --gpu']) expect(said).toContain(part)
})
