import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { argmax, Base, Host, rowAt, stackRows, type Model } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import datasets from '@touchstone/datasets'
import tfjsModels from '@touchstone/tfjs-models'
import { expect, test } from 'vitest'
import zoo, { cards } from './index.js'

const host = new Host([tfjsModels, datasets, zoo])
const scope = host.open([{ token: Base, value: { path: '.' } }])

function problemOf(options: object): string {
  const resolver = host.resolver()
  resolver.resolve('model', { use: 'zoo', options }, [])
  return resolver.problems.map(({ message }) => message).join('; ')
}

function open(name: string, foldBatchNorm = true): Promise<Model> {
  return scope.create({ ...host.resolver().resolve('model', { use: 'zoo', options: { name, foldBatchNorm } }, [])!, kind: 'model' })
}

test.each(cards.map((card) => [card.name, card] as const))('%s is the network that its card describes', async (name, card) => {
  const bytes = await readFile(new URL(`../models/${name}/weights.bin`, import.meta.url))
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(card.weights)
  const model = await open(name)
  expect(model).toMatchObject({ inputShape: card.inputShape, classCount: card.classCount, outputs: 'logits', mflopPerRow: card.mflopPerRow })
  expect(networkOf(model).weights.reduce((sum, { tensor }) => sum + tensor.size, 0)).toBe(card.parameters)
})

test.each(cards.filter(({ data }) => data === 'mnist').map((card) => [card.name, card.accuracy.test] as const))('%s gets right of the first 300 test digits what it should', async (name, share) => {
  const digits = await scope.create({ ...host.resolver().resolve('dataset', 'mnist', [])!, kind: 'dataset' })
  const model = await open(name)
  const examples = await Promise.all(Array.from({ length: 300 }, (_, index) => digits.example(index)))
  const outputs = await model.predict(stackRows(examples.map(({ input }) => input), model.inputShape))
  const right = examples.filter(({ label }, row) => argmax(rowAt(outputs, row)) === label).length
  // Four standard deviations of what a sample of so many may differ by.
  expect(Math.abs(right / 300 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 300) + 1 / 300)
})

test('every network has a card and a line in the README, and no other has', async () => {
  const models = new URL('../models/', import.meta.url)
  const folders = (await readdir(models)).filter((name) => existsSync(new URL(`${name}/model.json`, models)))
  expect(cards.map(({ name }) => name).sort()).toEqual(folders.sort())
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  expect([...readme.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)).toEqual(cards.map(({ name }) => name))
})

test('batch normalisations, folded or not, give the same logits', async () => {
  const name = cards.find(({ data }) => data === 'cifar10')!.name
  const input = { shape: [2, 32, 32, 3], data: Float32Array.from({ length: 6144 }, (_, i) => 0.5 + 0.5 * Math.sin(i * i)) }
  const [folded, kept] = await Promise.all([true, false].map(async (fold) => (await open(name, fold)).predict(input)))
  folded!.data.forEach((value, i) => expect(value).toBeCloseTo(kept!.data[i]!, 3))
})

test('a network that is not there', () => {
  expect(problemOf({ name: 'mnist-wel-1' })).toContain('there is no such network; did you mean "mnist-well-1"')
  expect(problemOf({})).toContain('expected a value: which, as in mnist-well-1')
})
