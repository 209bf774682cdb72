import { fileURLToPath } from 'node:url'
import { Base, Host, Logger, type Kind, type Plugin } from '@touchstone/core'
import { evaluationPlugin } from '@touchstone/evaluation'
import attacks from '@touchstone/attribution-attacks'
import comparisons from '@touchstone/comparisons'
import fidelity from '@touchstone/fidelity'
import gradients from '@touchstone/gradients'
import lens from '@touchstone/lens'
import neighbours from '@touchstone/neighbours'
import noise from '@touchstone/noise'
import osr from '@touchstone/osr-gan'
import robustTraining from '@touchstone/robust-training'
import robustnessSr from '@touchstone/robustness-sr'
import sanity from '@touchstone/sanity'
import sensitivity from '@touchstone/sensitivity'
import { loadPlugins } from '@touchstone/evaluation/node'
import { describeComparison, describeExecutor, describeModel, describeSampler, describeScore, describeTrainer } from '@touchstone/testkit'
import tfjsModels from '@touchstone/tfjs-models'
import zoo from '@touchstone/zoo'
import { expect, test } from 'vitest'

const plugins = [evaluationPlugin, comparisons, lens, noise, neighbours, attacks, osr, fidelity, robustnessSr, sanity, sensitivity, gradients, robustTraining]

type Options = Readonly<Record<string, unknown>>

const steps = { steps: 3, batch: 4, heldOut: 4, lookEvery: 2 }

/** Every extension by kind and name, and options with which its tests are quick. */
const tested: Readonly<Partial<Record<Kind, Readonly<Record<string, Options>>>>> = {
  comparison: {
    'l2': {}, 'relative-l2': {}, 'linf': {}, 'unit-l2': {}, 'cosine': {}, 'top-k': { k: 9 }, 'spearman': {}, 'kendall': {}, 'mass-centre': {},
    'lens-recall': { k: 9 }, 'lens-prec': { k: 9 }, 'lens-distance': { k: [4, 9], w: [0, 1] }, 'top-k-div': { k: 5 }, 'lens-recall-div': { k: 5 }, 'lens-prec-div': { k: 5 }, 'lens-spearman': {}, 'lens-kendall': {},
  },
  sampler: {
    'noise': { radius: 0.2 },
    'neighbours': { radius: 10 },
    'random-sign': { epsilon: 0.1 },
    'attribution-attack': { aim: 'top-k', k: 20, epsilon: 0.1, step: 0.02, iterations: 3 },
    'level-set': {},
    'osr-gan': { hidden: [16, 16], batch: 8, maxSteps: 8 },
  },
  score: {
    'robustness': { sampler: 'noise', comparison: 'l2', samples: 3 },
    'fidelity': { runs: 20 },
    'infidelity': { runs: 20 },
    'sensitivity-n': { runs: 10, sizes: [2, 5] },
    'insertion': { steps: 6 },
    'deletion': { steps: 6 },
    'pixel-flipping': { perStep: 8 },
    'monotonicity': { perStep: 8 },
    'monotonicity-correlation': { samples: 3 },
    'road': { percentages: [10, 50] },
    'gini': {},
    'entropy': {},
    'parameter-randomisation': { comparison: 'spearman', stages: 2 },
    'robustness-sr': { points: [0.2, 0.5], steps: 3, starts: 1 },
    'robustness-sr-complement': { points: [0.2, 0.5], steps: 3, starts: 1 },
  },
  trainer: {
    'natural': steps,
    'pgd': { ...steps, attackSteps: 2 },
    'ig-norm': { ...steps, attackSteps: 1, points: 3, attackPoints: 2 },
    'ig-sum-norm': { ...steps, attackSteps: 1, points: 3, attackPoints: 2 },
  },
}

const describes: Readonly<Partial<Record<Kind, (all: readonly Plugin[], name: string, options: Options) => void>>> = { comparison: describeComparison, sampler: describeSampler, score: describeScore, trainer: describeTrainer }
for (const [kind, names] of Object.entries(tested)) for (const [name, options] of Object.entries(names)) describes[kind as Kind]!(plugins, name, options)

const root = fileURLToPath(new URL('..', import.meta.url))
const withNode = new Host(await loadPlugins([tfjsModels, zoo], [root], 'contracts'))
const silent = { info: () => undefined, warn: () => undefined }
/** Each in a scope of its own, since a scope has one of each. */
const made = async <K extends Kind>(kind: K, use: string, options: Options = {}) =>
  withNode.open([{ token: Base, value: { path: root } }, { token: Logger, value: silent }]).create({ ...withNode.resolver().resolve(kind, { use, options }, [])!, kind })

for (const name of ['inline', 'threads']) describeExecutor(name, () => made('executor', name))
describeModel('untrained', () => made('model', 'untrained', { architecture: 'digits' }))
describeModel('zoo', () => made('model', 'zoo', { name: 'mnist-well-1' }))
describeModel('layers-model', () => made('model', 'layers-model', { path: 'examples/quickstart/models/well' }))

test('no comparison, sampler, score or trainer is left out', () => {
  const { registry } = new Host(plugins)
  for (const [kind, names] of Object.entries(tested)) expect(Object.keys(names).sort()).toEqual(registry.names(kind as Kind).filter((name) => registry.extension(kind as Kind, name)).sort())
})
