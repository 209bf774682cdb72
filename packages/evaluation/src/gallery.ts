import { canonicalJson, hash, isUserError, messageOf, sizeOf, type AttributionMap, type ChartDrawing, type ChartTraits, type Host, type Log, type Marks, type Neighbour, type ResolvedExtension, type Scope } from '@touchstone/core'
import { allResults } from './all-results.js'
import type { Collected } from './collect.js'
import type { FaultReasons } from './fault-summary.js'
import type { Instances } from './instances.js'
import type { MapAnswer } from './attribute.js'
import type { Results } from './results.js'
import type { Selection } from './select-examples.js'
import type { Store } from './store/store.js'
import type { UnitKeys } from './unit-keys.js'

/** Of how many examples of each model neighbours are kept to be looked at: the first ones, not chosen by their scores. */
export const galleryExamples = 4

/** How many neighbours of an example are kept with their inputs and maps: the first that were accepted, in the order drawn. Fewer of large inputs. */
function shownNeighbours(inputShape: readonly number[]): number {
  return sizeOf(inputShape) > 16_384 ? 1 : 2
}

/** What a score saw of the neighbours of an example, as the store keeps it. */
export interface SeenNeighbours {
  /** The sampler's name, and a hash of it with its options and the count. */
  readonly sampler: string
  readonly key: string
  /** ||x~ - x||_2 and F_y(x) - F_y(x~) of every neighbour drawn. */
  readonly inputDistances: Float32Array
  readonly logitDistances: Float32Array
  /** Why a neighbour was refused, `null` where it was accepted. */
  readonly rejected: readonly (string | null)[]
  readonly shown: readonly { readonly input: Float32Array; readonly place: number; readonly predicted: number; readonly map?: Float32Array }[]
}

/** Neighbours of an example in the gallery of a run. */
export interface GalleryNeighbours {
  readonly model: string
  readonly example: string
  readonly attributer: string
  /** The labels of the metrics that asked for them. */
  readonly metrics: readonly string[]
  /** The sampler's name. */
  readonly sampler: string
  /** Of every neighbour drawn, in order: ||x~ - x||_2, F_y(x) - F_y(x~), and why it was refused (`null` where it was not). */
  readonly inputDistances: readonly number[]
  readonly logitDistances: readonly number[]
  readonly rejected: readonly (string | null)[]
  /** Those that can be looked at: their place among those drawn, the class that the model gives them, and the rows of their input and map. */
  readonly shown: readonly { readonly place: number; readonly predicted: number; readonly input: number; readonly map: number | null }[]
}

/** The pixels of a map that a metric looks at. */
export interface GalleryMarks {
  readonly model: string
  readonly example: string
  readonly attributer: string
  readonly metric: string
  /** How far around a pixel its window reaches; 0 for the pixel alone. */
  readonly radius: number
  /** Of the example's map, then of the map of each neighbour shown, by the row of that map. Indices, row-major. */
  readonly pixels: readonly number[]
  readonly neighbours: readonly { readonly map: number; readonly pixels: readonly number[] }[]
}

/** `gallery.json`: what is there to be looked at beside scores. */
export interface GalleryIndex {
  readonly format: 'touchstone-gallery/1'
  readonly neighbours: readonly GalleryNeighbours[]
  readonly marks: readonly GalleryMarks[]
  /** Charts that plugins draw of a metric, as Vega-Lite specifications. */
  readonly charts: readonly (ChartDrawing & { readonly metric: string; readonly name: string })[]
}

/** The same with the inputs and maps of its neighbours, a row each. */
export interface Gallery extends GalleryIndex {
  readonly inputs: readonly Float32Array[]
  readonly maps: readonly Float32Array[]
}

/** Notes what a score sees of neighbours. */
export function seenNeighbours(list: readonly Neighbour[], resolved: ResolvedExtension | undefined, inputShape: readonly number[], mapOf: (input: Float32Array) => Promise<MapAnswer> | undefined): Promise<SeenNeighbours> {
  const places = list.flatMap(({ rejected }, place) => (rejected === undefined ? [place] : [])).slice(0, shownNeighbours(inputShape))
  const shown = places.map(async (place) => {
    const { input, predicted } = list[place]!
    const map = (await mapOf(input))?.map
    return { place, input, predicted, ...(map && { map }) }
  })
  return Promise.all(shown).then((all) => ({
    sampler: resolved?.preset ?? resolved?.use ?? 'given in code',
    key: hash(canonicalJson(resolved ? { use: resolved.use, package: resolved.package, options: resolved.options } : null), String(list.length)),
    inputDistances: Float32Array.from(list, ({ inputDistance }) => inputDistance.l2),
    // JSON knows no -0.
    logitDistances: Float32Array.from(list, ({ logitDistance }) => logitDistance + 0),
    rejected: list.map(({ rejected }) => rejected ?? null),
    shown: all,
  }))
}

interface Sources {
  readonly collected: Collected
  readonly selection: Selection
  readonly instances: Instances
  readonly host: Host
  readonly scope: Scope
  readonly store: Store
  readonly keys: UnitKeys
  readonly faults: FaultReasons
  readonly warn: Log['warn']
}

/** The gallery of an evaluation from its store; undefined where something is missing there. */
export async function collectGallery({ collected, selection, instances: { scores, models }, host, scope, store, keys, faults, warn }: Sources): Promise<Gallery | undefined> {
  const inputs: Float32Array[] = []
  const maps: Float32Array[] = []
  const neighbours: GalleryNeighbours[] = []
  const marks: GalleryMarks[] = []
  let missing = false
  for (const [model, subjects] of selection.subjects) {
    const shape = models.get(model)!.inputShape
    for (const { example, target } of subjects.slice(0, galleryExamples)) {
      const subject = keys.subject(model, example, target)
      // Methods share the inputs of samples that do not depend on them.
      const inputRows = new Map<string, number>()
      const inputRow = (input: Float32Array): number => {
        const digest = hash(input)
        return inputRows.get(digest) ?? inputRows.set(digest, inputs.push(input) - 1).get(digest)!
      }
      for (const attributer of Object.keys(collected.overview.config.attributers)) {
        const bySampler = new Map<string, GalleryNeighbours>()
        const answer = await store.get<MapAnswer>(keys.map(subject, attributer))
        for (const [metric, score] of scores) {
          const seen = await store.get<readonly SeenNeighbours[]>(keys.seen(subject, attributer, metric))
          missing ||= !seen && faults.score(model, example.id, attributer, metric) === undefined
          for (const { key, sampler, inputDistances, logitDistances, rejected, shown } of seen ?? []) {
            const known = bySampler.get(key)
            bySampler.set(
              key,
              known
                ? { ...known, metrics: [...known.metrics, metric] }
                : {
                    model,
                    example: example.id,
                    attributer,
                    metrics: [metric],
                    sampler,
                    inputDistances: [...inputDistances],
                    logitDistances: [...logitDistances],
                    rejected,
                    shown: shown.map(({ place, predicted, input, map }) => ({ place, predicted, input: inputRow(input), map: map ? maps.push(map) - 1 : null })),
                  },
            )
          }
          const own = answer && score.marks?.({ shape, data: answer.map })
          if (!own) continue
          const others = [...bySampler.values()].filter((one) => one.metrics.includes(metric)).flatMap(({ shown }) => shown.flatMap(({ map }) => map ?? []))
          const of = (map: AttributionMap): Marks | undefined => score.marks!(map)
          marks.push({ model, example: example.id, attributer, metric, radius: own.radius, pixels: [...own.pixels], neighbours: others.map((map) => ({ map, pixels: [...(of({ shape, data: maps[map]! })?.pixels ?? [])] })) })
        }
        neighbours.push(...bySampler.values())
      }
    }
  }
  if (missing) return undefined
  return { format: 'touchstone-gallery/1', neighbours, marks, charts: await drawCharts(collected, host, scope, warn), inputs, maps }
}

/** What plugins draw of the metrics. A chart that fails is told of and left out: the results matter more. */
async function drawCharts(collected: Collected, host: Host, scope: Scope, warn: Log['warn']): Promise<GalleryIndex['charts']> {
  const charts: GalleryIndex['charts'][number][] = []
  let results: Results | undefined
  for (const { value, plugin } of host.registry.all()) {
    if (value.kind !== 'chart' || !('traits' in value)) continue
    const { shows } = value.traits as ChartTraits
    for (const [metric, { use, preset }] of Object.entries(collected.overview.config.metrics)) {
      if (!shows.includes(use) && (preset === undefined || !shows.includes(preset))) continue
      try {
        const chart = await scope.create({ ...host.resolver().resolve('chart', value.name, [])!, kind: 'chart' as const })
        const drawing = chart.draw((results ??= await allResults(collected)), metric)
        if (drawing) charts.push({ metric, name: value.name, ...drawing })
      } catch (error) {
        warn(`chart "${value.name}" of ${plugin.name} could not be drawn for metric "${metric}": ${messageOf(error)}${isUserError(error) ? '' : '; this is a fault of the plugin'}`)
      }
    }
  }
  return charts
}
