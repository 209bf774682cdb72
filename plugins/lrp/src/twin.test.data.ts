import type { RuleName } from './rules/index.js'
import type { RuleOptions } from './rules/options.js'

const positive = (v: number): number => Math.max(v, 0)
const negative = (v: number): number => Math.min(v, 0)

/** Every rule for one dense layer, in plain numbers, one contribution at a time: the slow twin. */
export function twin(rule: RuleName, x: readonly number[], kernel: readonly (readonly number[])[], bias: readonly number[], relevance: readonly number[], o: RuleOptions): number[] {
  const result = x.map(() => 0)
  const n = x.length
  relevance.forEach((R, k) => {
    const b = bias[k]!
    const w = kernel.map((row) => row[k]!)
    /** Hands out `amount` of relevance by contributions c_i, beside that of the bias. */
    const hand = (c: readonly number[], ofBias: number, amount: number, epsilon = o.epsilon) => {
      const z = c.reduce((sum, v) => sum + v, o.bias === 'excluded' ? 0 : ofBias)
      const stable = z >= 0 ? z + epsilon : z - epsilon
      c.forEach((v, i) => (result[i]! += ((v + (o.bias === 'redistributed' ? ofBias / n : 0)) * amount) / stable))
    }
    const each = (f: (x: number, w: number) => number) => x.map((v, i) => f(v, w[i]!))
    const parted = (up: (w: number) => number, down: (w: number) => number) => each((v, u) => positive(v) * up(u) + negative(v) * down(u))
    const z = each((v, u) => v * u).reduce((sum, v) => sum + v, b)
    const [up, down] = [parted(positive, negative), parted(negative, positive)]
    switch (rule) {
      case '0':
        return hand(each((v, u) => v * u), b, R, 1e-9)
      case 'epsilon':
        return hand(each((v, u) => v * u), b, R)
      case 'gamma': {
        const [more, less] = [(u: number) => u + o.gamma * positive(u), (u: number) => u + o.gamma * negative(u)]
        if (z > 0) hand(parted(more, less), more(b), R)
        if (z < 0) hand(parted(less, more), less(b), R)
        return
      }
      case 'z-plus':
        return hand(up, positive(b), R)
      case 'alpha-beta': {
        const below = down.reduce((sum, v) => sum + v, o.bias === 'excluded' ? 0 : negative(b))
        hand(up, positive(b), (below === 0 ? 1 : o.alpha) * R)
        return hand(down, negative(b), -o.beta * R)
      }
      case 'z-box':
        return hand(each((v, u) => v * u - (o.low as number) * positive(u) - (o.high as number) * negative(u)), 0, R)
      case 'w-square':
        return hand(each((_, u) => u * u), b * b, R)
      case 'flat':
        return hand(each(() => 1), 0, R, 0)
      default:
        throw new Error(`no twin of ${rule}`)
    }
  })
  return result
}
