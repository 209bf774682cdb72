import { baselineCount, baselineOption, baselineValues, defineExtension, eachRow, option, type Attributer, type Baseline } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import * as z from 'zod/mini'
import { integratedGradientsMap } from './path-map.js'
import { quadrature, quadratureRules, type Quadrature, type QuadratureRule } from './quadrature.js'
import { eachGradient, eachLogit, passageOf, type Passage } from './rows-in-batches.js'

export interface IntegratedGradientsOptions {
  /** Points on each path, at first; each costs one row. */
  readonly steps: number
  readonly quadrature: QuadratureRule
  readonly baseline: Baseline
  /** Whether the mean gradient is multiplied by x - x0. */
  readonly inputFactor: boolean
  /** Steps are doubled until the completeness gap of each path is at most this, in units of the logit. Without it nothing is doubled. */
  readonly delta?: number | undefined
  /** What `steps` are never doubled beyond. */
  readonly maxSteps: number
}

/** The way from one baseline to one input. */
interface Path {
  readonly row: number
  readonly x: Float32Array
  readonly x0: Float32Array
  /** F_y(x) - F_y(x0), where it is known. */
  readonly gain: number
}

/** The numbers of steps that may be tried, one after the other. */
function attempts({ steps, delta, maxSteps }: Pick<IntegratedGradientsOptions, 'steps' | 'delta' | 'maxSteps'>): readonly number[] {
  const tried = [steps]
  while (delta !== undefined && tried.at(-1)! * 2 <= maxSteps) tried.push(tried.at(-1)! * 2)
  return tried
}

/**
 * The attributer behind `integrated-gradients`. Points on all paths follow one another through the model in batches; sums are kept in double
 * precision and in the order of the points, so that no map depends on the batches.
 */
export function integratedGradientsAttributer(options: IntegratedGradientsOptions): Attributer {
  const { baseline, inputFactor, delta = Infinity } = options
  const rules = new Map<number, Quadrature>()
  const ruleOf = (steps: number): Quadrature => {
    const rule = rules.get(steps) ?? quadrature(options.quadrature, steps)
    rules.set(steps, rule)
    return rule
  }
  return {
    ...(typeof baseline === 'number' && { map: integratedGradientsMap({ ...options, baseline }) }),
    fits: async (model, dataset) => {
      networkOf(model)
      await baselineValues(baseline, model.inputShape, dataset, 'integrated-gradients')
    },
    attribute: async (request) => {
      const { model, inputs, targets, reference } = request
      const passage = passageOf(request)
      const baselines = await baselineValues(baseline, model.inputShape, reference, 'integrated-gradients')
      const rows = eachRow(inputs)
      const gains = inputFactor ? await gainsOf(passage, rows, baselines, targets) : undefined
      /** Of each row, the sum of its paths' maps, while some of them are missing. */
      const open = new Map<number, { readonly sum: Float64Array; missing: number }>()
      const data = new Float32Array(inputs.data.length)

      const finish = ({ row, x }: Path, map: Float64Array): void => {
        const total = open.get(row) ?? { sum: new Float64Array(x.length), missing: baselines.length }
        open.set(row, total)
        map.forEach((value, i) => (total.sum[i]! += value))
        if (--total.missing > 0) return
        data.set(total.sum.map((value) => value / baselines.length), row * x.length)
        open.delete(row)
      }
      let paths: Path[] = rows.flatMap((x, row) => baselines.map((x0, k) => ({ row, x, x0, gain: gains?.[row]?.[k] ?? NaN })))
      const tried = attempts(options)
      for (const steps of tried) {
        const again: Path[] = []
        await eachIntegral(passage, paths, targets, ruleOf(steps), (path, integral) => {
          if (inputFactor) integral.forEach((value, i) => (integral[i] = (path.x[i]! - path.x0[i]!) * value))
          if (steps !== tried.at(-1) && Math.abs(sumOf(integral) - path.gain) > delta) again.push(path)
          else finish(path, integral)
        })
        paths = again
      }
      const maps = { shape: inputs.shape, data }
      if (!gains) return maps
      return { ...maps, diagnostics: { 'convergence-delta': eachRow(maps).map((map, row) => sumOf(map) - sumOf(gains[row]!) / baselines.length) } }
    },
  }
}

/** F_y(x) - F_y(x0) of every row and baseline. Each row asks for its own, so that its cost is its own. */
async function gainsOf(passage: Passage, rows: readonly Float32Array[], baselines: readonly Float32Array[], targets: readonly number[]): Promise<readonly Float64Array[]> {
  const each = 1 + baselines.length
  const gains = rows.map(() => new Float64Array(baselines.length))
  let own = 0
  await eachLogit(passage, {
    count: rows.length * each,
    write: (x, index) => {
      const [row, k] = [Math.floor(index / each), index % each]
      x.set(k === 0 ? rows[row]! : baselines[k - 1]!)
      return targets[row]!
    },
    take: (logit, index) => {
      const [row, k] = [Math.floor(index / each), index % each]
      if (k === 0) own = logit[0]!
      else gains[row]![k - 1] = own - logit[0]!
    },
  })
  return gains
}

/** Gives, path by path, the integral of dF_y(x0 + a (x - x0)) / dx over a; the array is the taker's. */
async function eachIntegral(passage: Passage, paths: readonly Path[], targets: readonly number[], { points, weights }: Quadrature, take: (path: Path, integral: Float64Array) => void): Promise<void> {
  const steps = points.length
  let integral = new Float64Array(0)
  await eachGradient(passage, {
    count: paths.length * steps,
    write: (on, index) => {
      const { x, x0, row } = paths[Math.floor(index / steps)]!
      const a = points[index % steps]!
      for (let i = 0; i < on.length; i++) on[i] = x0[i]! + a * (x[i]! - x0[i]!)
      return targets[row]!
    },
    take: (gradient, index) => {
      const k = index % steps
      if (k === 0) integral = new Float64Array(gradient.length)
      const weight = weights[k]!
      for (let i = 0; i < gradient.length; i++) integral[i]! += weight * gradient[i]!
      if (k === steps - 1) take(paths[Math.floor(index / steps)]!, integral)
    },
  })
}

function sumOf(values: Float32Array | Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

const most = 10_000
const stepsSchema = z.int('expected a whole number').check(z.gte(1, 'expected at least 1'), z.lte(most, `expected at most ${most}`))

/**
 * Integrated gradients: A(x)_i = (x_i - x0_i) * integral over a in [0, 1] of dF_y(x0 + a (x - x0)) / dx_i, signed, in the shape of the input; without
 * the input factor the integral alone; over several baselines x0 the mean of the maps.
 *
 * The map adds up to F_y(x) - F_y(x0), or its mean over the baselines, as the number of steps grows (completeness). How far it is off stands in the
 * results as diagnostic `convergence-delta` = sum_i A(x)_i - (F_y(x) - F_y(x0)), in units of the logit. It costs two more rows through the model
 * for one baseline, one and one per baseline for several; without the input factor it is not defined, and costs nothing.
 *
 * With `delta`, the steps of a path are doubled until its own gap |sum_i A(x)_i - (F_y(x) - F_y(x0))| is at most `delta`, or `maxSteps` are
 * reached. Every attempt is paid for; paths that are there are not walked again.
 *
 * Source: Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", ICML 2017, equation 1; several baselines as in Sturmfels, Lundberg, Lee,
 * "Visualizing the impact of feature attribution baselines", Distill 2020.
 */
export const integratedGradients = defineExtension({
  kind: 'attributer',
  name: 'integrated-gradients',
  summary: 'Gradients averaged along the line from a baseline to the input, times their difference',
  citation: 'Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", ICML 2017, equation 1',
  traits: { signed: true, needs: ['network'], differentiable: 'with surrogate' },
  options: {
    steps: option(stepsSchema, { summary: 'points on the path from a baseline to the input', default: 50, unit: 'rows' }),
    quadrature: option(z.enum(quadratureRules, `expected ${quadratureRules.map((rule) => `"${rule}"`).join(', ')}`), {
      summary: 'the rule of the integral: gauss-legendre, riemann-left, riemann-right, riemann-middle or trapezoid (with weights that add up to 1)',
      default: 'gauss-legendre',
    }),
    baseline: baselineOption(),
    inputFactor: option(z.boolean('expected true or false'), { summary: 'whether the mean gradient is multiplied by x - x0', default: true }),
    delta: option(z.optional(z.number('expected a number').check(z.gt(0, 'expected a number above 0'))), {
      summary: 'steps are doubled until maps add up to F(x) - F(x0) but for this; left out, nothing is doubled',
      unit: 'logits',
    }),
    maxSteps: option(stepsSchema, { summary: 'what steps are not doubled beyond', default: 1600, unit: 'rows' }),
  },
  check: ({ steps, quadrature: rule, inputFactor, delta, maxSteps }) => [
    ...(rule === 'trapezoid' && steps === 1 ? [{ option: 'steps' as const, message: 'the trapezoid rule needs at least 2 points, found 1' }] : []),
    ...(delta !== undefined && inputFactor === false ? [{ option: 'delta' as const, message: 'maps add up to F(x) - F(x0) only with the input factor: leave out delta, or set inputFactor to true' }] : []),
    ...(delta !== undefined && (maxSteps as number) < (steps as number) ? [{ option: 'maxSteps' as const, message: `expected at least steps, ${steps as number}, found ${maxSteps as number}` }] : []),
  ],
  cost: (options) => {
    const baselines = baselineCount(options.baseline)
    const gradients = baselines * attempts(options).reduce((sum, steps) => sum + steps, 0)
    return { rows: gradients + (options.inputFactor ? 1 + baselines : 0), ...(options.delta !== undefined && { adaptive: true }) }
  },
  create: integratedGradientsAttributer,
})
