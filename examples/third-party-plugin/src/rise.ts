import { breathe, defineExtension, option, rowAt, schemaOf, stackRows, eachRow, UserError, type Model, type Randomness } from '@touchstone/core'

/** How masks are drawn. */
export interface MaskOptions {
  /** Cells along the height and along the width of the coarse grid. */
  readonly cells: number
  /** How likely a cell is kept. */
  readonly keep: number
}

/**
 * The mask number `draw` of height x width pixels, values in [0, 1], row-major: a grid of cells x cells, each 1 with probability `keep` and else 0, made larger
 * bilinearly to (cells + 1) x (cells + 1) times the size of a cell, and cut at an offset of less than a cell.
 */
export function maskOf(height: number, width: number, { cells, keep }: MaskOptions, randomness: Randomness, draw: number): Float32Array {
  const numbers = randomness.uniforms('rise', draw, cells * cells + 2)
  const grid = numbers.subarray(2).map((u) => (u < keep ? 1 : 0))
  const rows = placesOf(height, cells, numbers[0]!)
  const columns = placesOf(width, cells, numbers[1]!)
  return Float32Array.from({ length: height * width }, (_, pixel) => {
    const [row, column] = [rows[Math.floor(pixel / width)]!, columns[pixel % width]!]
    const along = (line: number) => (1 - column.share) * grid[line * cells + column.low]! + column.share * grid[line * cells + column.high]!
    return (1 - row.share) * along(row.low) + row.share * along(row.high)
  })
}

/** Between which two cells each pixel of an axis lies, and how near to the second. */
function placesOf(length: number, cells: number, offset: number): readonly { readonly low: number; readonly high: number; readonly share: number }[] {
  const cell = Math.ceil(length / cells)
  const shift = Math.floor(offset * cell)
  return Array.from({ length }, (_, pixel) => {
    const place = Math.min(cells - 1, Math.max(0, ((pixel + shift + 0.5) * cells) / ((cells + 1) * cell) - 0.5))
    const low = Math.floor(place)
    return { low, high: Math.min(cells - 1, low + 1), share: place - low }
  })
}

/** A_p = sum_k F_k M_kp / (N keep): the mean of the masks M_k, weighted by the outputs F_k that they leave, over the share that masks keep. */
export function weightedMean(masks: readonly Float32Array[], outputs: readonly number[], keep: number): Float64Array {
  const sums = new Float64Array(masks[0]!.length)
  masks.forEach((mask, draw) => mask.forEach((value, pixel) => (sums[pixel]! += outputs[draw]! * value)))
  return sums.map((sum) => sum / (masks.length * keep))
}

const number = (from: number, to: number, whole: boolean) =>
  schemaOf((value): value is number => typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value)), `expected a ${whole ? 'whole ' : ''}number from ${from} to ${to}`)

/**
 * RISE: the mean of random masks, each weighted by the target's output for the masked input; every channel of a pixel has the pixel's value. For pictures,
 * `[height, width, channels]`. Outputs are logits where the model has logits, so maps are signed; the paper takes probabilities.
 *
 * Source: Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, equation 6; the size of cells is rounded up, as
 * in the authors' code.
 */
export const extension = defineExtension({
  kind: 'attributer',
  name: 'rise',
  summary: 'Mean of random masks, weighted by the output that each leaves',
  citation: 'Petsiuk, Das, Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", BMVC 2018, equation 6',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: {
    masks: option(number(1, 1e6, true), { summary: 'how many masks', default: 4000, unit: 'model rows' }),
    cells: option(number(1, 1000, true), { summary: 'cells along each axis of the coarse grid of a mask', default: 7, unit: 'cells' }),
    keep: option(number(0.01, 1, false), { summary: 'how likely a cell is kept', default: 0.5 }),
  },
  cost: ({ masks }) => ({ rows: masks }),
  create: ({ masks: count, cells, keep }) => ({
    fits: checkPictures,
    attribute: async ({ model, inputs, targets, randomness, batchRows, signal }) => {
      checkPictures(model)
      const [height, width, channels] = model.inputShape as readonly [number, number, number]
      const maps: Float32Array[] = []
      for (const [row, input] of eachRow(inputs).entries()) {
        const masks: Float32Array[] = []
        const outputs: number[] = []
        while (masks.length < count) {
          await breathe(signal)
          const batch = Array.from({ length: Math.min(batchRows, count - masks.length) }, (_, index) => maskOf(height, width, { cells, keep }, randomness[row]!, masks.length + index))
          const masked = batch.map((mask) => input.map((value, index) => value * mask[Math.floor(index / channels)]!))
          const answers = await model.predict(stackRows(masked, model.inputShape))
          outputs.push(...batch.map((_, index) => rowAt(answers, index)[targets[row]!]!))
          masks.push(...batch)
        }
        const map = weightedMean(masks, outputs, keep)
        maps.push(input.map((_, index) => map[Math.floor(index / channels)]!))
      }
      return stackRows(maps, model.inputShape)
    },
  }),
})

/** @throws UserError for a model of other inputs than pictures. */
function checkPictures({ inputShape }: Model): void {
  if (inputShape.length !== 3) throw new UserError(`rise masks pixels, so it wants inputs of shape [height, width, channels], not [${inputShape.join(', ')}]`)
}
