import { defineExtension, isLengths, lengthsPerAxis, option, schemaOf, singleBaselineOption, singleBaselineValues, sizeOf, UserError, type Attributer, type Lengths, type SingleBaseline } from '@touchstone/core'
import { attributerFromVariants, costOf, maxRowsOption } from './variants.js'

const lengths = schemaOf(isLengths, 'expected a whole number above 0, or a list of them with one per axis')

export interface OcclusionOptions {
  /** The size of the window: one number for all places, or one per axis. Without a number for the channels it covers all of them. */
  readonly window: Lengths
  /** How far the window moves, likewise. */
  readonly stride: Lengths
  readonly baseline: SingleBaseline
  readonly maxRows: number
}

/** The windows over an input. */
interface Windows {
  readonly size: readonly number[]
  readonly stride: readonly number[]
  /** How many there are along each axis. */
  readonly grid: readonly number[]
  readonly count: number
}

/**
 * ceil((length - size) / stride) + 1 windows along each axis; the last one is cut at the border.
 * @throws UserError where a window is larger than the input, or values between windows would be left out.
 */
function windowsOver({ window, stride }: Pick<OcclusionOptions, 'window' | 'stride'>, inputShape: readonly number[]): Windows {
  const shape = `[${inputShape.join(', ')}]`
  const size = lengthsPerAxis(window, inputShape, inputShape.at(-1)!, 'occlusion: window')
  const steps = lengthsPerAxis(stride, inputShape, 1, 'occlusion: stride')
  size.forEach((length, axis) => {
    if (length > inputShape[axis]!) throw new UserError(`occlusion: a window of [${size.join(', ')}] is larger than inputs of shape ${shape}`)
    if (steps[axis]! > length && length < inputShape[axis]!)
      throw new UserError(`occlusion: a stride of [${steps.join(', ')}] leaves values of inputs of shape ${shape} without a window of [${size.join(', ')}]: no stride may be longer than the window`)
  })
  const grid = inputShape.map((length, axis) => Math.ceil((length - size[axis]!) / steps[axis]!) + 1)
  return { size, stride: steps, grid, count: sizeOf(grid) }
}

/** Calls `visit` with the flat index of every value in window number `window`. */
function eachInWindow({ size, stride, grid }: Windows, inputShape: readonly number[], window: number, visit: (index: number) => void): void {
  const starts = new Array<number>(grid.length)
  for (let axis = grid.length - 1; axis >= 0; axis--) {
    starts[axis] = (window % grid[axis]!) * stride[axis]!
    window = Math.floor(window / grid[axis]!)
  }
  const walk = (axis: number, before: number): void => {
    const end = Math.min(starts[axis]! + size[axis]!, inputShape[axis]!)
    for (let at = starts[axis]!; at < end; at++) {
      const index = before * inputShape[axis]! + at
      if (axis === grid.length - 1) visit(index)
      else walk(axis + 1, index)
    }
  }
  walk(0, 0)
}

/** The attributer behind `occlusion`. */
export function occlusionAttributer({ window, stride, baseline, maxRows }: OcclusionOptions): Attributer {
  return attributerFromVariants(
    'occlusion',
    async ({ inputShape, reference }) => {
      const windows = windowsOver({ window, stride }, inputShape)
      const absent = await singleBaselineValues(baseline, inputShape, reference, 'occlusion')
      return {
        rows: windows.count + 1,
        because: `${windows.count} windows`,
        begin: () => ({
          vary: (x, index) => {
            if (index > 0) eachInWindow(windows, inputShape, index - 1, (i) => (x[i] = absent[i]!))
          },
          explain: (logits) => {
            const sums = new Float64Array(absent.length)
            const covers = new Float64Array(absent.length)
            for (let number = 0; number < windows.count; number++) {
              const drop = logits[0]! - logits[number + 1]!
              eachInWindow(windows, inputShape, number, (i) => {
                sums[i]! += drop
                covers[i]! += 1
              })
            }
            return sums.map((sum, i) => sum / covers[i]!)
          },
        }),
      }
    },
    maxRows,
  )
}

/**
 * Occlusion: A(x)_i = mean over the windows w that cover i of F_y(x) - F_y(x with the values in w replaced by the baseline), signed, in the
 * shape of the input. Windows slide over the input by `stride`; the last one of an axis is cut at the border. They cover all channels unless
 * `window` says otherwise. One row per window and one for the input itself.
 *
 * Source: Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2; the mean over windows as in Captum.
 */
export const occlusion = defineExtension({
  kind: 'attributer',
  name: 'occlusion',
  summary: 'How much the logit falls when a window that slides over the input is replaced by a baseline',
  citation: 'Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: {
    window: option(lengths, { summary: 'size of the window: one number for all places, or one per axis; all channels unless they have a number of their own', default: 4, unit: 'input values' }),
    stride: option(lengths, { summary: 'how far the window moves: one number for all places, or one per axis', default: 2, unit: 'input values' }),
    baseline: singleBaselineOption,
    maxRows: maxRowsOption,
  },
  check: ({ window, stride }) => (typeof window === 'number' && typeof stride === 'number' && stride > window ? [{ option: 'stride', message: `a stride of ${stride} leaves values between windows of ${window} without attribution: expected at most ${window}` }] : []),
  cost: ({ window, stride, maxRows }, inputShape?: readonly number[]) => costOf(inputShape && windowsOver({ window, stride }, inputShape).count + 1, maxRows),
  create: occlusionAttributer,
})
