import { Host, type AttributionMap, type Neighbour, type Result, type Sampler, type ScoreContext } from '@touchstone/core'
import comparisonPlugin from '@touchstone/comparisons'
import { evaluationPlugin } from '@touchstone/evaluation'
import lens from '@touchstone/lens'
import { comparisons } from './catalogue.js'

const host = new Host([evaluationPlugin, comparisonPlugin, lens])

/** A map, its neighbours and their maps. */
export interface Compared {
  readonly shape: readonly number[]
  readonly map: Float32Array
  /** The accepted ones. */
  readonly neighbours: readonly Neighbour[]
  readonly maps: readonly Float32Array[]
}

/** The score `robustness` with one of the page's comparisons, over neighbours whose maps are there already: quick enough to follow a slider. */
export async function compare(name: string, { shape, map, neighbours, maps }: Compared, sliders: { readonly k: number; readonly w: number }): Promise<Result> {
  const { use, relative, options = [] } = comparisons[name]!
  // Nobody asks it: neighbours come from the context.
  const sampler: Sampler = { sample: () => Promise.resolve(neighbours) }
  const tree = host.resolver().resolve('score', {
    use: 'robustness',
    options: { sampler: { given: sampler }, comparison: { use: use as string, options: Object.fromEntries(options.map((option) => [option, sliders[option]])) }, ...(relative && { relativeTo: 'map-norm' }) },
  }, [])!
  await using scope = host.open()
  const score = await scope.create({ ...tree, kind: 'score' })
  const asMap = (data: Float32Array): AttributionMap => ({ shape, data })
  return await score.score({ map: asMap(map), neighbours: () => Promise.resolve(neighbours), maps: () => Promise.resolve(maps.map(asMap)) } as unknown as ScoreContext)
}
