import { fileURLToPath } from 'node:url'
import { ConfigError, defineExtension, definePlugin, option, ref, UserError, type Plugin } from '@touchstone/core'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { evaluate, type EvaluationConfig } from './index.js'
import { calls, robust, toyConfig, toyPlugin } from './testing.js'

beforeEach(() => {
  calls.length = 0
})

/** Methods and samplers that say whether they fit, and one that holds another. */
const picky = definePlugin({
  name: 'picky',
  extensions: [
    defineExtension({
      kind: 'attributer',
      name: 'choosy',
      summary: 'fits models whose fingerprint begins as it is told',
      traits: { signed: true, needs: [], differentiable: 'no' },
      options: { begins: option(z.string(), { summary: 'how it begins', default: '[[1' }) },
      create: ({ begins }) => ({
        fits: async ({ fingerprint }) => {
          await Promise.resolve()
          if (begins === 'broken') throw new TypeError('no idea')
          if (!fingerprint.startsWith(begins)) throw new UserError(`expected a fingerprint that begins with ${begins}, found ${fingerprint}`)
        },
        attribute: ({ inputs }) => Promise.resolve(inputs),
      }),
    }),
    defineExtension({
      kind: 'attributer',
      name: 'around',
      summary: 'holds another',
      traits: { signed: true, needs: [], differentiable: 'no' },
      options: { attributer: ref('attributer', { summary: 'the other' }) },
      create: ({ attributer }) => ({ attribute: (request) => attributer.attribute(request) }),
    }),
    defineExtension({
      kind: 'sampler',
      name: 'distant',
      summary: 'wants data of a wide range',
      traits: { dependsOn: 'model' },
      create: () => ({
        fits: (_model, { range }) => {
          if (range.high < 1000) throw new UserError(`expected data up to 1000, found ${range.high}`)
        },
        sample: () => Promise.resolve([]),
      }),
    }),
  ],
})

const config = (changes: Partial<EvaluationConfig>) => toyConfig({ plugins: [toyPlugin, picky], models: { one: 'linear', two: { use: 'linear', options: { negate: true } } }, ...changes })

/** The problems of a config, a line each. */
async function problemsOf(asked: EvaluationConfig, options = {}): Promise<readonly string[]> {
  const error: unknown = await evaluate(asked, options).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message.split('\n').slice(1)
}

test('what does not fit a model is told before any work, all of it, with its place', async () => {
  expect(await problemsOf(config({ attributers: { a: 'choosy', squares: 'times-weights', b: { use: 'around', options: { attributer: { use: 'around', options: { attributer: 'a' } } } } }, metrics: { mine: robust({ sampler: 'distant' }) } }))).toEqual([
    '  attributers.a: does not fit model "two": expected a fingerprint that begins with [[1, found [[-1,-2],[0,0]] [picky]',
    '  attributers.b.options.attributer.options.attributer: does not fit model "two": expected a fingerprint that begins with [[1, found [[-1,-2],[0,0]] [picky]',
    '  metrics.mine.options.sampler: does not fit model "one": expected data up to 1000, found 10 [picky]',
    '  metrics.mine.options.sampler: does not fit model "two": expected data up to 1000, found 10 [picky]',
  ])
  expect(calls).toEqual([])
})

test('what fits runs, and what fails while it is asked is no mistake of the user', async () => {
  expect((await evaluate(config({ attributers: { a: { use: 'choosy', options: { begins: '[[' } } } }))).results.rows).toHaveLength(12)
  await expect(evaluate(config({ attributers: { a: { use: 'choosy', options: { begins: 'broken' } } } }))).rejects.toThrow('picky could not say whether attributer "choosy" fits model "one"')
})

/** Shipped plugins, by name: none of them stands below this package. */
let shipped: readonly Plugin[]

beforeAll(async () => {
  const names = ['tfjs-models', 'datasets', 'gradients', 'ig', 'deeplift', 'lrp', 'perturbation', 'greedyas', 'attribution-attacks', 'comparisons', 'fidelity', 'robustness-sr']
  shipped = await Promise.all(names.map(async (name) => ((await import(`@touchstone/${name}`)) as { default: Plugin }).default))
})

const baseFolder = fileURLToPath(new URL('../../../examples/quickstart', import.meta.url))

const digits = (changes: Partial<EvaluationConfig>): EvaluationConfig => ({
  plugins: shipped,
  models: { well: { use: 'layers-model', options: { path: 'models/well' } } },
  dataset: { use: 'mnist', options: { split: 'test' } },
  examples: { take: 1 },
  attributers: { gradient: 'gradient' },
  metrics: { fidelity: { use: 'fidelity', options: { runs: 4 } } },
  ...changes,
})

const image = [[0, 0], [0, 0]]

test.each([
  ['integrated-gradients', { baseline: image }, 'integrated-gradients: baseline has shape [2, 2], which does not fit inputs of shape [28, 28, 1]'],
  ['gradient-shap', { baseline: { average: [0, image] } }, 'gradient-shap: baseline has shape [2, 2]'],
  ['deeplift', { baseline: image }, 'deeplift: baseline has shape [2, 2]'],
  ['occlusion', { baseline: image }, 'occlusion: baseline has shape [2, 2]'],
  ['occlusion', { window: 29 }, 'occlusion: a window of [29, 29, 1] is larger than inputs of shape [28, 28, 1]'],
  ['feature-ablation', { features: { mask: [[0, 1], [2, 3]] } }, 'feature-ablation: features.mask has shape [2, 2]'],
  ['shapley-sampling', { features: { blocks: [2] } }, 'shapley-sampling: features.blocks = [2] does not fit'],
  ['shapley-exact', {}, 'one map costs about 1e+236 rows through the model, more than maxRows = 100000'],
  ['kernel-shap', { baseline: [1, 2] }, 'kernel-shap: baseline has shape [2]'],
  ['greedyas', { features: { mask: [0, 1] } }, 'greedyas: features.mask has shape [2]'],
  ['grad-cam', { layer: 'conv9' }, 'there is no layer "conv9" in the network; its layers are'],
  ['guided-grad-cam', { layer: 'nowhere' }, 'there is no layer "nowhere"'],
  ['lrp', { composite: [{ for: 'convolution', rule: 'z-plus' }] }, 'lrp: the composite leaves layer "'],
  ['lrp', { composite: [{ for: 'covn1', rule: 'flat' }, { for: 'weighted', rule: 'epsilon' }] }, 'lrp: an entry of the composite is for "covn1", which is neither a layer'],
  ['lrp', { composite: 'epsilon-gamma-box', low: [0, 0, 0] }, 'has 3 values, but its input has 1 channels'],
])('%s with %j', async (use, options, message) => {
  const asked = digits({ attributers: { it: { use: 'smoothgrad', options: { attributer: { use, options }, samples: 1 } } } })
  const found = await problemsOf(asked, { baseFolder })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('  attributers.it.options.attributer: does not fit model "well": ')
  expect(found[0]).toContain(message)
})

test.each([
  ['fidelity', { subset: 785 }, 'metrics.it: does not fit model "well": fidelity: a subset of 785 pixels is larger than the input, which has 784'],
  ['deletion', { baseline: image }, 'metrics.it: does not fit model "well": deletion: baseline has shape [2, 2]'],
  ['robustness-sr', { reach: 10 }, 'metrics.it: does not fit model "well": reach: class 10 does not exist: the model knows 0 to 9'],
  ['robustness', { comparison: 'kendall', sampler: { use: 'attribution-attack', options: { aim: 'target', region: { top: 20, left: 0, height: 9, width: 4 } } } }, 'metrics.it.options.sampler: does not fit model "well": the region of 9 x 4 pixels at 20, 0 does not lie in a map of 28 x 28'],
])('%s with %j', async (use, options, message) => {
  const found = await problemsOf(digits({ metrics: { it: { use, options } } }), { baseFolder })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(message)
})
