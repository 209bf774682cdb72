import { createRandomness, defineExtension, hash, mean, option, ref, resultOf, undefinedResult, type Model } from '@touchstone/core'
import { createNetwork, modelFromNetwork, networkOf, weightsOf, type Graph, type GraphNode, type Weight } from '@touchstone/network'
import * as z from 'zod/mini'

/** The layers with weights, from the output. */
function layersFromOutput(graph: Graph): readonly GraphNode[] {
  return graph.nodes.filter((node) => weightsOf(node).length > 0).toReversed()
}

/** The graph with other weights in some layers: of each array the mean and standard deviation stay, the values are normal. */
function randomised(graph: Graph, ids: ReadonlySet<string>, seed: number): Graph {
  const randomness = createRandomness(seed, '@touchstone/sanity:weights')
  const drawn = new Map<Weight, Weight>()
  const draw = (weight: Weight, purpose: string): Weight => {
    const known = drawn.get(weight)
    if (known) return known
    const centre = mean(weight.data)
    const sd = Math.sqrt(mean(weight.data.map((value) => (value - centre) ** 2)))
    const made = { shape: weight.shape, data: Float32Array.from(randomness.normals(purpose, 0, weight.data.length), (normal) => centre + sd * normal) }
    drawn.set(weight, made)
    return made
  }
  const nodes = graph.nodes.map((node) => {
    if (!ids.has(node.id)) return node
    return { ...node, weights: Object.fromEntries(weightsOf(node).map(([role, weight]) => [role, draw(weight, `${node.id}/${role}`)])) } as GraphNode
  })
  return { ...graph, nodes }
}

/**
 * Parameter randomisation: from the output downwards the layers' weights are replaced by random ones, one layer more each time; the value is the mean over these
 * models of comparison(map, map of the model), the curve goes over the share of layers replaced. A map that depends on what the model has learned changes: with a
 * distance higher is better, with a similarity lower. The class stays that of the example. Random weights have the mean and the spread of those they replace.
 * Where there are more layers than `stages`, several are replaced at a time. A map per stage.
 *
 * Source: Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, "Sanity checks for saliency maps", NeurIPS 2018 (cascading randomisation).
 */
export const parameterRandomisation = defineExtension({
  kind: 'score',
  name: 'parameter-randomisation',
  summary: 'How much the map changes as the weights of layers, from the output downwards, become random',
  citation: 'Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, "Sanity checks for saliency maps", NeurIPS 2018',
  traits: { direction: 'as its comparison', judges: 'sanity', curve: { x: 'share of layers replaced', y: 'comparison with the map of the model' } },
  options: {
    comparison: ref('comparison', { summary: 'judges the map of a randomised model against the map of the model' }),
    stages: option(z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(10_000, 'expected at most 10000')), {
      summary: 'how many models are made at most, each with more random layers than the one before, the last with all of them random',
      default: 20,
      unit: 'maps',
    }),
    seed: option(z.int('expected a whole number'), { summary: 'of the random weights', default: 0 }),
  },
  // A model with fewer layers has fewer.
  cost: ({ stages }) => ({ rows: 0, mapsInTurn: stages, adaptive: true }),
  create: ({ comparison, stages, seed }) => {
    const made = new Map<string, Promise<readonly Model[]>>()
    const modelsOf = (model: Model): Promise<readonly Model[]> => {
      const key = hash(model.fingerprint)
      let models = made.get(key)
      if (!models) {
        const { places, output } = networkOf(model).graph
        const graph: Graph = { nodes: places.map(({ node }) => node), output }
        const layers = layersFromOutput(graph)
        const count = Math.min(stages, layers.length)
        const replaced = Array.from({ length: count }, (_, index) => layers.slice(0, Math.round(((index + 1) * layers.length) / count)))
        models = Promise.resolve(replaced.map((some) => modelFromNetwork(createNetwork(randomised(graph, new Set(some.map(({ id }) => id)), seed)), { dispose: true })))
        made.set(key, models)
      }
      return models
    }
    return {
      direction: comparison.measures === 'distance' ? 'higher' : 'lower',
      fits: (model) => void networkOf(model),
      score: async ({ model, example, map, mapsOf }) => {
        const models = await modelsOf(model)
        if (models.length === 0) return undefinedResult('the model has no layer with weights')
        const x: number[] = []
        const y: number[] = []
        for (const [index, other] of models.entries()) {
          const [random] = await mapsOf(other, [example.input])
          const { value } = comparison.compare(map, random!)
          if (value === undefined) continue
          x.push((index + 1) / models.length)
          y.push(value)
        }
        const diagnostics = { stages: models.length, undefined: models.length - y.length }
        return y.length > 0 ? resultOf(mean(y), { curve: { x, y }, diagnostics }) : undefinedResult('no randomised model gave a value', { diagnostics })
      },
      dispose: async () => {
        for (const models of made.values()) for (const model of await models) await model.dispose?.()
        made.clear()
      },
    }
  },
})
