import { defineExtension, judgeNeighbours, option, optional, ref, sameClass, Side, stackRows, UserError, type Attributer, type Model, type Rows, type Sampler, type SamplerContext, type SideThreads } from '@touchstone/core'
import { mapGradient, networkOf, rowsTogether } from '@touchstone/network'
import * as z from 'zod/mini'
import { checkRegion, mapSizeOn, objectiveOf, type Aim, type Region } from './objective.js'
import { smoothNetworks, type SmoothNetworks } from './smooth-networks.js'
import { together, type Together } from './together.js'
import { walk, type Direction, type WalkOptions } from './walk.js'

export interface AttackOptions extends Pick<WalkOptions, 'epsilon' | 'step' | 'iterations' | 'criterion'> {
  readonly aim: Aim | 'random'
  readonly k: number
  readonly w: number
  readonly region: Region | undefined
  readonly restarts: number
  readonly beta: number
}

const above = (what: string) => z.number('expected a number').check(z.gt(0, `expected ${what} above 0`))
const whole = (least: number, most: number) => z.int('expected a whole number').check(z.gte(least, `expected at least ${least}`), z.lte(most, `expected at most ${most}`))
const region = z.object({ top: whole(0, 1e6), left: whole(0, 1e6), height: whole(1, 1e6), width: whole(1, 1e6) })

/**
 * `attribution-attack`: an input within epsilon of the example, largest change of a value, to which the model gives the same class and the method under test
 * another map. From the example on, `iterations` steps x <- x + step sign(dJ(a(x)) / dx), cut to the box and the dataset's range; J as `aim` says (objectiveOf), a(x)
 * the sum of the map's absolute values over channels, scaled to mean 1. Derivatives are those of a smooth network with the same weights, softplus(beta) in place of ReLU;
 * classes and maps by which the best place on the way is chosen are the model's own. `random` takes random signs instead: the best of a random walk.
 *
 * Neighbour number d is an attack of its own: the first starts at the example, the others, as restarts do, at random places in the box. Where no place on the way keeps the
 * class the neighbour is rejected as `other class`.
 *
 * Source: Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019; with w: "Rethinking Robustness of Model Attributions", AAAI 2024.
 */
export const attributionAttack = defineExtension({
  kind: 'sampler',
  name: 'attribution-attack',
  summary: 'looks for inputs nearby that keep the class and change the map of the method under test',
  citation: 'Ghorbani, Abid, Zou, "Interpretation of Neural Networks Is Fragile", AAAI 2019; "Rethinking Robustness of Model Attributions", AAAI 2024',
  traits: { dependsOn: 'attributer' },
  requires: { 'comparison:kendall': '@touchstone/comparisons' },
  options: {
    aim: option(z.enum(['top-k', 'mass-centre', 'target', 'random'], 'expected "top-k", "mass-centre", "target" or "random"'), {
      summary: 'what is pushed: the largest pixels down (top-k), the centre of mass away, a region up (target), or nothing, by random signs (random)',
      default: 'top-k',
    }),
    epsilon: option(above('a number'), { summary: 'the largest change of a value', default: 0.3, unit: "share of the dataset's range" }),
    step: option(above('a number'), { summary: 'the change of a value per step', default: 0.01, unit: "share of the dataset's range" }),
    iterations: option(whole(1, 100_000), { summary: 'steps of an attack', default: 100, unit: 'steps' }),
    restarts: option(whole(1, 1000), { summary: 'attacks per neighbour, of which the best counts', default: 1, unit: 'attacks' }),
    k: option(whole(1, 1e9), { summary: 'for the aim top-k: how many of the largest pixels are pushed down', default: 200, unit: 'pixels' }),
    w: option(whole(0, 1e6), { summary: 'for the aim top-k: how far around these pixels others are pushed down with them, as LENS counts', default: 0, unit: 'pixels' }),
    region: option(z.optional(region), { summary: 'for the aim target: the rectangle that is pushed up, { top, left, height, width }', unit: 'pixels' }),
    criterion: ref('comparison', { summary: 'which of the places on the way is kept: that with the least similarity, or the largest distance', default: 'kendall' }),
    beta: option(above('a number'), { summary: 'how sharp the bends of the smooth network are, softplus(x) = log(1 + exp(beta x)) / beta; the papers take 1, of which deep and robustly trained networks are so far that 10 does much more harm', default: 1 }),
  },
  check: ({ aim, region: given, step, epsilon }) => [
    ...(aim === 'target' && given === undefined ? [{ option: 'region' as const, message: 'the aim "target" needs the region that is pushed up, as { top, left, height, width }' }] : []),
    ...((step as number) > 2 * (epsilon as number) ? [{ option: 'step' as const, message: `expected at most twice epsilon, ${2 * (epsilon as number)}, found ${step as number}: the box is no wider` }] : []),
  ],
  // Each step predicts; its maps, and that of the example, are the method's own and cost what they cost.
  cost: ({ iterations, restarts }) => ({ rows: iterations * restarts + 1, mapsInTurn: iterations * restarts + 1, adaptive: true }),
  services: { side: optional(Side) },
  create: (options, { side }): Sampler & { readonly dispose: () => void } => {
    const smooth = smoothNetworks(options.beta)
    const fits: Sampler['fits'] = (model) => {
      if (options.aim !== 'random') networkOf(model)
      if (options.aim === 'target') checkRegion(options.region!, mapSizeOn(model))
    }
    const jointOf = jointly(options, smooth, side)
    return { fits, sample: async (context, count) => attack(context, count, options, jointOf(context)), dispose: smooth.dispose }
  },
})

/** What is asked of each method under test, by model. */
function jointly({ aim, ...options }: AttackOptions, smooth: SmoothNetworks, side: SideThreads | undefined): (context: SamplerContext) => Together {
  const joints = new WeakMap<Model, WeakMap<Attributer, Together>>()
  const join = (model: Model, attributer: Attributer): Together => {
    if (aim === 'random') return together(model, attributer, undefined)
    const { map } = attributer
    if (!map) throw new UserError('this attack differentiates the map of the method under test, which is no tensor function: it works with saliency, gradient, input-x-gradient, integrated-gradients, lrp, deeplift and others; use the aim "random" for all methods')
    const network = smooth.of(networkOf(model))
    const objective = objectiveOf({ ...options, aim }, mapSizeOn(model))
    return together(model, attributer, { objective, gradient: (of) => mapGradient({ network, map, ...of }, side), rowsAtOnce: (of) => rowsTogether({ network, map, ...of }) })
  }
  return ({ model, attributer }) => {
    if (!attributer) throw new UserError('an attack on attributions needs the method that it attacks')
    const ofModel = joints.get(model) ?? new WeakMap<Attributer, Together>()
    joints.set(model, ofModel)
    const joint = ofModel.get(attributer) ?? join(model, attributer)
    ofModel.set(attributer, joint)
    return joint
  }
}

async function attack(context: SamplerContext, count: number, options: AttackOptions, joint: Together) {
  const { example, dataset, model, randomness } = context
  const range = dataset.range.high - dataset.range.low
  const walkOptions = { ...options, epsilon: options.epsilon * range, step: options.step * range }
  const maps = (rows: Rows): Promise<Rows> => joint.maps({ context, rows })
  const clean = { shape: model.inputShape, data: (await maps({ shape: [1, ...model.inputShape], data: example.input })).data }
  const known = joint.objective?.known(clean)
  const direction = (first: number): Direction => (known ? (rows) => joint.gradients({ context, rows, known }) : randomSigns(context, first))

  const inputs: Float32Array[] = []
  for (let draw = 0; draw < count; draw++) {
    const starts = Array.from({ length: options.restarts }, (_, restart) => {
      const attempt = draw * options.restarts + restart
      if (attempt === 0 || options.aim === 'random') return example.input
      const noise = randomness.uniforms('@touchstone/attribution-attacks start', attempt, example.input.length)
      return example.input.map((value, i) => Math.min(dataset.range.high, Math.max(dataset.range.low, value + walkOptions.epsilon * (2 * noise[i]! - 1))))
    })
    const found = await walk(context, clean, stackRows(starts, model.inputShape), { maps, direction: direction(draw * options.restarts) }, walkOptions)
    inputs.push(found.reduce((worst, one) => (one.badness > worst.badness ? one : worst)).input)
  }
  return judgeNeighbours(context, inputs, [sameClass])
}

/** Fresh signs for each step, by the row's attempt. */
function randomSigns({ randomness }: SamplerContext, first: number): Direction {
  return ({ shape, data }, iteration) => {
    const size = data.length / shape[0]!
    const rows = Array.from({ length: shape[0]! }, (_, row) => randomness.uniforms(`@touchstone/attribution-attacks signs ${first + row}`, iteration, size))
    return Promise.resolve(Float32Array.from(rows.flatMap((uniforms) => [...uniforms]), (u) => u - 0.5))
  }
}
