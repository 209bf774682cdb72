import { breathe, defineExtension, featureCount, featureGroupsOption, groupFeatures, option, singleBaselineOption, UserError, type Attributer, type FeatureChoice, type Randomness } from '@touchstone/core'
import * as z from 'zod/mini'
import { factorise, solve } from './cholesky.js'
import type { RemovalOptions } from './feature-ablation.js'
import { attributerFromVariants, keeper } from './variants.js'

export interface KernelShapOptions extends Omit<RemovalOptions, 'maxRows'> {
  /** Coalitions asked of the model beside the empty and the full one; even, since each comes with its complement. */
  readonly coalitions: number
}

/** A coalition of at most half the features; its complement counts with the same weight. */
interface Coalition {
  readonly members: Int32Array
  readonly weight: number
}

/** Coalitions that are there: 2^n - 2 without the empty and the full one. */
const allOf = (n: number): number => 2 ** n - 2

/** The fewest coalitions with which the regression has one answer: those of a single feature and their complements. */
const fewest = (n: number): number => Math.min(2 * n, allOf(n))

const rowsFor = (n: number, coalitions: number): number => Math.min(coalitions, allOf(n)) + 2

const tooFew = (n: number, coalitions: number): string => `${n} features need at least ${fewest(n)} coalitions, ${coalitions} are allowed: raise coalitions, or make fewer features`

/**
 * `pairs` coalitions of n features, each standing for itself and its complement, none twice.
 *
 * A size s has the Shapley kernel's weight (n - 1) / (s (n - s)), over all its coalitions. Sizes 1, 2, ... are taken whole while the share of the
 * rows that their weight gives them suffices, size 1 always. The rows that are left go to the other sizes in proportion to their weights (a grid
 * with a random start), within a size to different coalitions at random, each with an equal part of the weight that is left.
 */
export function chooseCoalitions(n: number, pairs: number, randomness: Randomness): readonly Coalition[] {
  const sizes = Array.from({ length: Math.floor(n / 2) }, (_, index) => index + 1)
  const pairsOf = (s: number): number => (2 * s === n ? choose(n, s) / 2 : choose(n, s))
  const weightOf = (s: number): number => ((n - 1) / (s * (n - s))) * (2 * s === n ? 0.5 : 1)
  const taken: Coalition[] = []
  let left = sizes.reduce((sum, s) => sum + weightOf(s), 0)
  let whole = 0
  for (const s of sizes) {
    const count = pairsOf(s)
    const remaining = pairs - taken.length
    if (s > 1 && (count > remaining || (whole < sizes.length - 1 && remaining * weightOf(s) < count * left))) break
    for (const members of subsets(n, s)) {
      if (taken.length - (pairs - remaining) === count) break
      taken.push({ members, weight: weightOf(s) / count })
    }
    left -= weightOf(s)
    whole++
  }
  const open = sizes.slice(whole)
  const remaining = pairs - taken.length
  if (open.length === 0 || remaining === 0) return taken

  const weight = open.reduce((sum, s) => sum + weightOf(s), 0)
  const pool = Int32Array.from({ length: n }, (_, index) => index)
  const purpose = '@touchstone/perturbation:coalition'
  const start = randomness.uniforms(purpose, 0, 1)[0]!
  let [draw, reached, before] = [1, 0, 0]
  for (const s of open) {
    reached += weightOf(s)
    const to = s === open.at(-1) ? remaining : Math.min(remaining, Math.floor((remaining * reached) / weight + start))
    const seen = new Set<string>()
    while (seen.size < to - before) {
      const members = draftFrom(pool, s, randomness.uniforms(purpose, draw++, s))
      // Of two complements of half the features, the one with feature 0 is named.
      const named = 2 * s === n && members[0] !== 0 ? pool.slice(s).sort() : members
      const key = named.join()
      if (seen.has(key)) continue
      seen.add(key)
      taken.push({ members: named, weight: weight / remaining })
    }
    before = to
  }
  return taken
}

/** Moves `uniforms.length` members of the pool, drawn without replacement, to its front; gives them in order. */
function draftFrom(pool: Int32Array, size: number, uniforms: Float64Array): Int32Array {
  for (let place = 0; place < size; place++) {
    const other = place + Math.floor(uniforms[place]! * (pool.length - place))
    const swap = pool[place]!
    pool[place] = pool[other]!
    pool[other] = swap
  }
  return pool.slice(0, size).sort()
}

/** All subsets of `size` of 0 to n - 1, in lexicographic order. */
function* subsets(n: number, size: number): Generator<Int32Array> {
  const members = Int32Array.from({ length: size }, (_, index) => index)
  for (;;) {
    yield members.slice()
    let place = size - 1
    while (place >= 0 && members[place] === n - size + place) place--
    if (place < 0) return
    members[place]!++
    for (let next = place + 1; next < size; next++) members[next] = members[next - 1]! + 1
  }
}

/** n over k. */
function choose(n: number, k: number): number {
  let product = 1
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i
  return product
}

/** The regression without its right-hand side: it depends on the coalitions alone. */
interface Regression {
  readonly coalitions: readonly Coalition[]
  /** The Cholesky factor of A. */
  readonly factor: Float64Array
  /** A^-1 1. */
  readonly ones: Float64Array
}

/**
 * A = sum of w z z^T + c 1 1^T over the coalitions z. The complement of z gives the same equation as z once the sum of phi is fixed, and c, which
 * makes A positive definite, adds a constant.
 */
async function regressionFor(n: number, coalitions: readonly Coalition[], signal: AbortSignal | undefined): Promise<Regression> {
  const a = new Float64Array(n * n)
  const total = coalitions.reduce((sum, { weight }) => sum + weight, 0)
  a.fill((total || 1) / n)
  for (const { members, weight } of coalitions) {
    await breathe(signal)
    for (const i of members) for (const j of members) if (j <= i) a[i * n + j]! += weight
  }
  await factorise(a, n, signal)
  return { coalitions, factor: a, ones: solve(a, new Float64Array(n).fill(1)) }
}

/** The attributer behind `kernel-shap`. */
export function kernelShapAttributer({ features: choice, baseline, coalitions }: KernelShapOptions): Attributer {
  return attributerFromVariants('kernel-shap', async (setting) => {
    const { inputShape } = setting
    const features = groupFeatures(choice, inputShape, 'kernel-shap')
    const keep = await keeper(features, baseline, setting, 'kernel-shap')
    const n = features.count
    if (coalitions < fewest(n)) throw new UserError(`kernel-shap: inputs of shape [${inputShape.join(', ')}]: ${tooFew(n, coalitions)}`)
    const rows = rowsFor(n, coalitions)
    let known: { readonly randomness: Randomness; readonly regression: Regression } | undefined
    return {
      rows,
      because: `${n} features`,
      begin: async (randomness, signal) => {
        // An example and its neighbours share their randomness, and so the coalitions.
        if (known?.randomness !== randomness) known = { randomness, regression: await regressionFor(n, chooseCoalitions(n, (rows - 2) / 2, randomness), signal) }
        const { regression } = known
        const inside = new Uint8Array(n)
        // Variants: nothing, everything, then each coalition and its complement.
        return {
          vary: (x, index) => {
            if (index === 0) return keep(x, () => false)
            if (index === 1) return
            inside.fill(0)
            for (const member of regression.coalitions[Math.floor(index / 2) - 1]!.members) inside[member] = 1
            const present = index % 2 === 0 ? 1 : 0
            keep(x, (feature) => inside[feature] === present)
          },
          explain: (logits) => {
            const phi = fit(regression, logits, n)
            return Float64Array.from(features.of, (feature) => phi[feature]!)
          },
        }
      },
    }
  })
}

/** The phi that minimise the weighted squares and add up to F(x) - F(baseline): A^-1 (b - lambda 1). */
function fit({ coalitions, factor, ones }: Regression, logits: Float64Array, n: number): Float64Array {
  const [nothing, everything] = [logits[0]!, logits[1]!]
  const b = new Float64Array(n)
  coalitions.forEach(({ members, weight }, pair) => {
    const gain = (logits[2 + 2 * pair]! - nothing + (everything - logits[3 + 2 * pair]!)) / 2
    for (const member of members) b[member]! += weight * gain
  })
  const free = solve(factor, b)
  const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0)
  const lambda = (sum(free) - (everything - nothing)) / sum(ones)
  return free.map((value, index) => value - lambda * ones[index]!)
}

/**
 * KernelSHAP: A(x)_i = phi_j for the feature j of i, where phi minimises the sum over coalitions S of pi(S) (v(S) - v(nothing) - sum of phi_j over
 * S)^2, with the Shapley kernel pi(S) = (n - 1) / (C(n, |S|) |S| (n - |S|)) and v(S) = F_y(x with the features outside S at the baseline), among
 * those phi that add up to F_y(x) - F_y(baseline). Signed, in the shape of the input; all values of one feature get the same number.
 *
 * `coalitions` coalitions are asked, each with its complement and none twice: small and large ones all, others by chance. Where that are all
 * 2^n - 2, the phi are the exact Shapley values; never more rows than that are run. The choice follows from the example's randomness: its
 * neighbours have the same one.
 *
 * Source: Lundberg, Lee, "A unified approach to interpreting model predictions", NeurIPS 2017; complements and the constrained solution as in
 * Covert, Lee, "Improving KernelSHAP: practical Shapley value estimation via linear regression", AISTATS 2021.
 */
export const kernelShap = defineExtension({
  kind: 'attributer',
  name: 'kernel-shap',
  summary: 'Shapley values of features by weighted least squares over coalitions, absent features being at a baseline',
  citation: 'Lundberg, Lee, "A unified approach to interpreting model predictions", NeurIPS 2017; Covert, Lee, "Improving KernelSHAP", AISTATS 2021',
  traits: { signed: true, needs: [], differentiable: 'no' },
  options: {
    features: featureGroupsOption,
    baseline: singleBaselineOption,
    coalitions: option(z.int('expected a whole number').check(z.gte(2, 'expected at least 2'), z.lte(2 ** 24, 'expected at most 16777216'), z.multipleOf(2, 'expected an even number, since every coalition comes with its complement')), {
      summary: 'coalitions of features asked of the model, at least two per feature; all there are if they are fewer',
      default: 2048,
      unit: 'rows',
    }),
  },
  check: ({ features, coalitions }) => {
    const count = featureCount(features as FeatureChoice)
    return count !== undefined && (coalitions as number) < fewest(count) ? [{ option: 'coalitions', message: `the mask's ${tooFew(count, coalitions as number)}` }] : []
  },
  cost: ({ features, coalitions }, inputShape?: readonly number[]) => {
    const count = featureCount(features, inputShape)
    return count === undefined ? { rows: coalitions + 2, adaptive: true } : { rows: rowsFor(count, coalitions) }
  },
  create: kernelShapAttributer,
})
