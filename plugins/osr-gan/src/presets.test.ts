import { createRandomness, Host, l2Distance, mean, type Dataset, type Example, type Model, type Sampler } from '@touchstone/core'
import comparisons from '@touchstone/comparisons'
import datasets from '@touchstone/datasets'
import { evaluate, evaluationPlugin, type EvaluationConfig } from '@touchstone/evaluation'
import gradients from '@touchstone/gradients'
import { createNetwork, modelFromNetwork } from '@touchstone/network'
import { dense, input, matrix, relu, vector } from '@touchstone/testkit/graphs'
import tfjsModels from '@touchstone/tfjs-models'
import { openEngine } from '@touchstone/tensor'
import { beforeAll, describe, expect, test } from 'vitest'
import plugin from './index.js'
import { kernel, linear } from './similar.test.data.js'

beforeAll(async () => {
  await openEngine()
})

/*
 * What must hold for OSR to be right, and where it is tested:
 *
 *  1. equation 4 as printed pulls down every logit that is less than delta lower, and no other     gan/loss.test.ts, "the logit terms pull where their formulas say"
 *  2. with levels to aim at 9 in 10 are accepted within 60 steps                                    osr-gan.test.ts, "reach acceptance within 60 steps"
 *  3. what is accepted is what the rules say, and nothing else                                     osr-gan.test.ts, "accept what the rules say"; level-set.test.ts, "what is not similar"
 *  4. methods have the maps that are known of them                                                 the tests of lrp ("epsilon is input x gradient"), deeplift ("Rescale from zero") and ig ("completeness")
 *  5. on linear models OSR, fidelity and Robustness-S_r have their closed forms                     here, "on a linear model"; fidelity, closed-forms.test.ts; robustness-sr, "on a linear model"
 *  6. s times as large inputs make raw distances of gradients 1/s times as large, relative ones stay here, "raw distances depend on the units"
 *  7. SmoothGrad with shared noise is 0 from itself                                                here, "with the same noise for an input and its neighbours"
 *  8. tau-b with ties is that of its definition                                                    core, statistics.test.ts, "tau-b equals its definition over all pairs"
 *  9. the trapezoid rule of integrated gradients lacks no 1/n of its weight                        ig, quadrature.test.ts, "every rule"
 * 10. the curve of Robustness-S_r never rises with k                                                robustness-sr, "monotone in k"
 * 11. generator and level set agree in how they order methods                                       here, "generator and level set give values and order methods alike"; on more digits: examples/osr-figures
 */
const plugins = [plugin, comparisons, gradients]
const attributers = { saliency: 'saliency', gradient: 'gradient', contribution: 'input-x-gradient' }

/** Points of a few values in [0, size]. */
function points(size = 1): Dataset {
  const inputs = [Float32Array.of(0.5, 0.25, 0.75), Float32Array.of(0.75, 0.5, 0.5), Float32Array.of(0.25, 0.625, 0.5)].map((values) => values.map((value) => size * value))
  const example = (index: number): Promise<Example> => Promise.resolve({ id: `p${index}`, input: inputs[index]! })
  return { inputShape: [3], size: 3, range: { low: 0, high: size }, fingerprint: `points ${size}`, example }
}

/** A network whose gradient is another in every corner, for inputs `size` times as large. */
function bent(size = 1): Model {
  const first = matrix([[2, -1, 1, 0.5, -2], [1, 2, -1, 0, 1], [-1, 0.5, 2, -2, 1]].map((row) => row.map((weight) => weight / size)))
  const nodes = [input(3), dense('h', 'x', first, vector([-0.6, -0.3, -0.4, 0.4, 0.1])), relu('r', 'h'), dense('y', 'r', matrix([[2, -1], [1, 0], [1.5, -0.5], [1, 1], [-1, 2]]), vector([1, 0]))]
  return modelFromNetwork(createNetwork({ nodes, output: 'y' }), { dispose: true })
}

async function scores(model: Model, dataset: Dataset, metrics: EvaluationConfig['metrics']) {
  const { results } = await evaluate({ plugins, models: { it: { given: model } }, dataset: { given: dataset }, examples: { take: 3 }, attributers, metrics, seed: 3 })
  return (attributer: string, metric: string) => results.rows.filter((row) => row.attributer === attributer && row.metric === metric)
}

const levelSet = { sampler: 'level-set', samples: 40 }

test('on a linear model gradients are robust, and contributions as far as their formula says', async () => {
  const model = await linear()
  const dataset = points()
  const of = await scores(model, dataset, { raw: { use: 'osr-raw', options: { ...levelSet, epsilon: 1e-6 } }, relative: { use: 'osr', options: levelSet }, worst: { use: 'osr-worst', options: levelSet } })
  for (const { value, parts } of [...of('saliency', 'raw'), ...of('gradient', 'raw')]) {
    expect(value).toBeLessThan(1e-6)
    expect(parts!.robust).toBe(1)
  }
  const host = new Host([plugin])
  const sampler = await host.open().create({ ...host.resolver().resolve('sampler', 'level-set', [])!, kind: 'sampler' })
  for (const [index, row] of of('contribution', 'raw').entries()) {
    const example = await dataset.example(index)
    const { data: outputs } = await model.predict({ shape: [1, 3], data: example.input })
    const target = outputs.indexOf(Math.max(...outputs))
    const w = kernel.map((weights) => weights[target]!)
    const neighbours = await sampler.sample({ model, example, outputs, target, dataset, randomness: createRandomness(3, example.id), batchRows: 64, kept: (_what, _key, compute) => compute() }, 40)
    const distances = neighbours.filter(({ rejected }) => rejected === undefined).map((neighbour) => l2Distance(neighbour.input.map((value, i) => value * w[i]!), example.input.map((value, i) => value * w[i]!)))
    expect(row.value).toBeCloseTo(mean(distances), 5)
    expect(row.parts!.robust).toBe(0)
    const norm = Math.hypot(...example.input.map((value, i) => value * w[i]!))
    expect(of('contribution', 'relative')[index]!.value).toBeCloseTo(mean(distances) / norm, 5)
    expect(of('contribution', 'worst')[index]!.value).toBeCloseTo(Math.max(...distances) / norm, 5)
  }
})

test('raw distances depend on the units of the input, and order methods by them; relative ones do not', async () => {
  // A power of two, so that nothing is rounded otherwise.
  const size = 4
  const metrics = { raw: { use: 'osr-raw', options: levelSet }, relative: { use: 'osr', options: levelSet }, unit: { use: 'osr-unit', options: levelSet } }
  const [small, large] = [await scores(bent(), points(), metrics), await scores(bent(size), points(size), metrics)]
  const values = (rows: ReturnType<typeof small>) => rows.map(({ value }) => value!)
  for (const method of Object.keys(attributers)) {
    expect(values(small(method, 'raw')).some((value) => value > 0.05), method).toBe(true)
    expect(values(large(method, 'raw'))).toEqual(values(small(method, 'raw')).map((value) => (method === 'contribution' ? value : value / size)))
    expect(values(large(method, 'relative'))).toEqual(values(small(method, 'relative')))
    expect(values(large(method, 'unit'))).toEqual(values(small(method, 'unit')))
  }
})

test('with the same noise for an input and its neighbours SmoothGrad is 0 from itself; with noise of its own for each it is not', async () => {
  // Two steps that differ in the last bit, so that independent noise, which follows the bytes of an input, is another.
  const nearly = (input: Float32Array) => input.map((value) => value * (1 + 2 ** -22))
  const sampler: Sampler = {
    sample: ({ example, outputs, target }, count) =>
      Promise.resolve(Array.from({ length: count }, () => ({ input: nearly(example.input), inputDistance: { l2: 0, linf: 0 }, outputs, logitDistance: 0, predicted: target }))),
  }
  const smooth = (noise: string) => ({ use: 'smoothgrad', options: { samples: 8, sd: 0.3, noise } })
  const { results } = await evaluate({
    plugins,
    models: { it: { given: bent() } },
    dataset: { given: points() },
    attributers: { shared: smooth('shared'), independent: smooth('independent') },
    metrics: { osr: { use: 'osr', options: { sampler: { given: sampler }, samples: 16 } } },
  })
  for (const { attributer, value } of results.rows) {
    if (attributer === 'shared') expect(value).toBeLessThan(1e-4)
    else expect(value).toBeGreaterThan(0.02)
  }
})

describe('the presets', () => {
  const host = new Host([plugin, comparisons, evaluationPlugin])
  const resolve = (name: string) => {
    const resolver = host.resolver()
    return { resolved: resolver.resolve('score', name, ['it']), problems: resolver.problems.map(({ message }) => message) }
  }

  test.each([
    ['osr', { relativeTo: 'map-norm', comparison: { use: 'l2' }, aggregate: 'mean', samples: 100, minAccepted: 16 }, { delta: { margin: 0.3 }, logitLoss: 'target', classLoss: 'label', biasInit: true, saturating: false }],
    ['osr-raw', { relativeTo: 'none', comparison: { use: 'l2' } }, { logitLoss: 'target' }],
    ['osr-unit', { relativeTo: 'none', comparison: { use: 'unit-l2' } }, {}],
    ['osr-per-logit', { relativeTo: 'logit-distance' }, {}],
    ['osr-worst', { aggregate: 'worst' }, {}],
    ['osr-paper', { relativeTo: 'none', comparison: { use: 'l2' } }, { delta: { logit: 5 }, logitLoss: 'literal', logitWeight: 1, classLoss: 'label', biasInit: false, saturating: false, discriminator: 'mirror' }],
    ['osr-paper-literal', { relativeTo: 'none' }, { delta: { logit: 5 }, logitLoss: 'literal', saturating: true, biasInit: false }],
  ])('%s has the options that it is named for', (name, options, sampler) => {
    const { resolved, problems } = resolve(name)
    expect(problems).toEqual([])
    expect(resolved!.options).toMatchObject({ ...options, sampler: { use: 'osr-gan', options: sampler } })
  })

  test('a package that is missing is named', () => {
    const resolver = new Host([plugin, evaluationPlugin]).resolver()
    resolver.resolve('score', 'osr', ['it'])
    expect(resolver.problems.map(({ message }) => message)).toContain('needs comparison "l2": install @touchstone/comparisons and add it to plugins')
  })
})

describe('on digits', () => {
  const digits = (metrics: EvaluationConfig['metrics']) =>
    evaluate(
      {
        plugins: [...plugins, tfjsModels, datasets],
        models: { well: { use: 'layers-model', options: { path: 'models/well' } } },
        dataset: { use: 'mnist', options: { split: 'test' } },
        examples: { take: 2 },
        attributers: { saliency: 'saliency', smoothgrad: { use: 'smoothgrad', options: { samples: 8 } }, guided: 'guided-backprop' },
        metrics,
        seed: 5,
      },
      { baseFolder: decodeURIComponent(new URL('../../../examples/quickstart', import.meta.url).pathname), log: { info: () => undefined, warn: () => undefined } },
    )

  test('generator and level set give values and order methods alike; a generator without time gives the reason', async () => {
    const generator = (options: object) => ({ use: 'osr-gan', options: { hidden: [32, 64], learningRate: 1e-3, maxSteps: 80, ...options } })
    const { results } = await digits({
      osr: { use: 'osr', options: { sampler: generator({}) } },
      levels: { use: 'osr-level-set', options: { samples: 30 } },
      never: { use: 'osr-paper-literal', options: { samples: 30, sampler: { use: 'osr-gan-paper-literal', options: { hidden: [16], maxSteps: 2 } } } },
    })
    for (const { metric, value, reason, diagnostics } of results.rows) {
      if (metric === 'never') {
        expect(reason).toMatch(/^0 of 30 neighbours were accepted, 16 are needed; rejected: (other class|logit too far) \(\d+\)/)
        expect(Object.keys(diagnostics!).some((name) => name.startsWith('rejected: '))).toBe(true)
      } else {
        expect(value).toBeGreaterThan(0.05)
        expect(value).toBeLessThan(2)
        expect(Number(diagnostics!.accepted) / Number(diagnostics!.drawn)).toBeGreaterThanOrEqual(0.8)
      }
    }
    // Generator and level set order methods alike: digit by digit these two lie below saliency.
    const valuesOf = (metric: string, attributer: string) => results.rows.filter((row) => row.metric === metric && row.attributer === attributer).map(({ value }) => value!)
    for (const metric of ['osr', 'levels']) {
      for (const method of ['smoothgrad', 'guided']) valuesOf(metric, method).forEach((value, digit) => expect(value).toBeLessThan(valuesOf(metric, 'saliency')[digit]!))
    }
  })
})
