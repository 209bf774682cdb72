import { argmax, rowAt, type AttributionMap, type Comparison, type Rows, type SamplerContext } from '@touchstone/core'

/** A change of each row by which the next step goes: its sign counts. */
export type Direction = (x: Rows, iteration: number) => Promise<Float32Array>

/** What a walk asks of the method under test. */
export interface Surroundings {
  readonly maps: (rows: Rows) => Promise<Rows>
  readonly direction: Direction
}

export interface WalkOptions {
  /** The largest change of a value. */
  readonly epsilon: number
  /** The change of a value per step. */
  readonly step: number
  readonly iterations: number
  /** Which of the places on the way is kept: the one whose map is furthest from the clean one. */
  readonly criterion: Comparison
}

/** Where a walk came to. */
export interface Found {
  readonly input: Float32Array
  /** How far its map is from the clean one, larger being further; -Infinity where the criterion gives no value or the class is another. */
  readonly badness: number
}

/**
 * Steps of one size by the sign of a direction, each followed by the projection onto the box of half-width epsilon around the input and into the range of
 * valid values: x <- clip(x0 + clip(x + step s - x0, -epsilon, epsilon)). Of all places on the way at which the model keeps its class, the one whose map is
 * furthest from that of the input by the criterion is returned, for each row; the last one, which then is of another class, where there is none.
 *
 * @param starts where rows start: one input or several, `[n, ...shape]`
 */
export async function walk(context: SamplerContext, clean: AttributionMap, starts: Rows, { maps: mapsOf, direction }: Surroundings, { epsilon, step, iterations, criterion }: WalkOptions): Promise<readonly Found[]> {
  const { example, dataset, model } = context
  const { low, high } = dataset.range
  const x = starts.data.slice()
  const rows: Rows = { shape: starts.shape, data: x }
  const count = rows.shape[0]!
  const predicted = argmax(context.outputs)
  const best = new Array<Found | undefined>(count).fill(undefined)
  let signs = await direction(rows, 0)
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < x.length; i++) {
      const origin = example.input[i % example.input.length]!
      const change = Math.min(epsilon, Math.max(-epsilon, x[i]! + step * Math.sign(signs[i]!) - origin))
      x[i] = Math.min(high, Math.max(low, origin + change))
    }
    // While other threads may look for the next step.
    const next = iteration + 1 < iterations ? direction(rows, iteration + 1) : Promise.resolve(signs)
    const [maps, outputs, following] = await Promise.all([mapsOf(rows), model.predict(rows), next])
    signs = following
    for (let row = 0; row < count; row++) {
      if (argmax(rowAt(outputs, row)) !== predicted) continue
      const { value } = criterion.compare(clean, { shape: clean.shape, data: rowAt(maps, row) })
      const badness = value === undefined ? -Infinity : criterion.measures === 'distance' ? value : -value
      if (badness >= (best[row]?.badness ?? -Infinity)) best[row] = { input: rowAt(rows, row).slice(), badness }
    }
  }
  return best.map((found, row) => found ?? { input: rowAt(rows, row).slice(), badness: -Infinity })
}
