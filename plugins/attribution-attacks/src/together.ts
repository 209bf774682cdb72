import { breathe, eachRow, joinCalls, sliceRows, stackRows, type Attributer, type Model, type Rows, type SamplerContext } from '@touchstone/core'
import type { MapGradient } from '@touchstone/network'
import { tf } from '@touchstone/tensor'
import { mapSizeOn, normalised, type Objective } from './objective.js'

/** Rows of one example. */
interface Asked {
  readonly context: SamplerContext
  readonly rows: Rows
}

/** Where the objective of an example's attack is differentiated. */
interface Climb extends Asked {
  /** What the objective knows of the example's clean map. */
  readonly known: Float32Array
}

/** What attacks on several examples ask in the same moment, in one go: the rows of one step of each. */
export interface Together {
  readonly objective: Objective | undefined
  /** Maps of the method under test, for the example's class and with its random numbers. */
  readonly maps: (asked: Asked) => Promise<Rows>
  /** dJ(a(x)) / dx of each row, in the shape of the rows: through the method's own map, scaled to mean 1. */
  readonly gradients: (climb: Climb) => Promise<Float32Array>
}

/** How gradients are found: of a function of the method's maps on the network that is stepped on, and of how many rows at once. */
interface Steps {
  readonly objective: Objective
  readonly gradient: (of: Pick<MapGradient, 'x' | 'targets' | 'objective'>) => Promise<Float32Array>
  readonly rowsAtOnce: (of: Pick<MapGradient, 'x' | 'targets'>) => number
}

/** The calls of a sampler that attacks a method of a model, joined; without `steps` it asks for no gradients. */
export function together(model: Model, attributer: Attributer, steps: Steps | undefined): Together {
  const maps = joinCalls(
    aloneWhereItFails(async (asked: readonly Asked[]) => {
      const [{ context: { dataset, batchRows, signal } }] = asked as [Asked, ...Asked[]]
      // For all of them once: where each took its own breath they would fall out of step.
      await breathe(signal)
      const { x, targets, counts } = stacked(asked, model)
      const randomness = asked.flatMap(({ context, rows }) => eachRow(rows).map(() => context.randomness))
      const all = await attributer.attribute({ model, inputs: x, targets, randomness, batchRows, reference: dataset, ...(signal && { signal }) })
      return split(all, counts)
    }),
  )
  const size = mapSizeOn(model)
  let most: number | undefined
  const gradients = joinCalls(
    aloneWhereItFails(async (climbs: readonly Climb[]) => {
      const { objective, gradient, rowsAtOnce: atOnce } = steps!
      const { counts } = stacked(climbs, model)
      const single = climbs.flatMap(({ rows, ...climb }) => eachRow(rows).map((row) => ({ ...climb, rows: stackRows([row], model.inputShape) })))
      most ??= atOnce(stacked(single.slice(0, 1), model))
      const found: Float32Array[] = []
      for (let from = 0; from < single.length;) {
        const { batchRows, signal } = single[from]!.context
        await breathe(signal)
        const some = single.slice(from, (from += Math.min(most, batchRows)))
        const { x, targets } = stacked(some, model)
        const known = stackRows(some.map((climb) => climb.known), [some[0]!.known.length])
        const data = await gradient({ x, targets, objective: (maps) => objective.value(normalised(maps, size), tf.tensor(known.data, known.shape as [number, number])) })
        found.push(...eachRow({ shape: x.shape, data }))
      }
      return split(stackRows(found, model.inputShape), counts).map(({ data }) => data)
    }),
  )
  return { objective: steps?.objective, maps: async (asked) => given((await maps([asked]))[0]!), gradients: async (climb) => given((await gradients([climb]))[0]!) }
}

function stacked(asked: readonly Asked[], { inputShape }: Model): { readonly x: Rows; readonly targets: readonly number[]; readonly counts: number[] } {
  const counts = asked.map(({ rows }) => rows.shape[0]!)
  return { x: stackRows(asked.flatMap(({ rows }) => eachRow(rows)), inputShape), targets: asked.flatMap(({ context: { target } }, i) => new Array<number>(counts[i]!).fill(target)), counts }
}

function split(rows: Rows, counts: readonly number[]): readonly Rows[] {
  let end = 0
  return counts.map((count) => sliceRows(rows, end, (end += count)))
}

/** An answer, or why there is none. */
type Answer<T> = { readonly value: T } | { readonly error: unknown }

function given<T>(answer: Answer<T>): T {
  if ('error' in answer) throw answer.error
  return answer.value
}

/** Who asks for what fails is told alone, not those who asked in the same moment. */
function aloneWhereItFails<Item extends Asked, T>(run: (items: readonly Item[]) => Promise<readonly T[]>): (items: readonly Item[]) => Promise<readonly Answer<T>[]> {
  const attempt = async (items: readonly Item[]): Promise<readonly Answer<T>[]> => {
    try {
      return (await run(items)).map((value) => ({ value }))
    } catch (error) {
      // What stops ends all, and a trap of WebAssembly leaves an engine behind that cannot be trusted.
      if (items[0]!.context.signal?.aborted === true || (error as Error).name === 'RuntimeError') throw error
      if (items.length === 1) return [{ error }]
      const answers: Answer<T>[] = []
      for (const item of items) answers.push(...(await attempt([item])))
      return answers
    }
  }
  return attempt
}
