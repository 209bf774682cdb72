import { normalTail } from '@touchstone/core'

/** What the logit of a generated input is pulled to. */
type LogitTerm = 'literal' | 'band' | 'target'
/** What keeps its class. */
type ClassTerm = 'label' | 'soft' | 'entropy'

/** The part of the generator's loss that the classifier decides. */
export interface ClassifierLoss {
  readonly logit: LogitTerm
  readonly class: ClassTerm
  /** In units of the logit. */
  readonly delta: number
  /** What the logit term is divided by: delta, where that is a share of the margin; else 1. */
  readonly unit: number
  readonly weights: { readonly logit: number; readonly class: number }
}

/** What is similar to an example: F(x), the class explained and the class predicted. */
export interface Origin {
  readonly outputs: Float32Array
  readonly target: number
  readonly predicted: number
}

/** A loss and its gradient by the logits. */
export interface LossAndGradient {
  readonly loss: number
  readonly gradient: Float64Array
}

/**
 * w_y L_y / unit + w_ce C of one generated input, with dF = F_y(x) - F_y(x~):
 *
 * - L_y: `literal` max(0, delta - dF), equation 4 as printed; `band` max(0, |dF| - delta), what definition 1 asks for; `target` |dF - t|, t being the level that the input
 *   was generated for
 * - C: `label` -log p_c(x~) of the predicted class c; `soft` -sum_k p_k(x) log p_k(x~); `entropy` -sum_k p_k(x~) log p_k(x~), equation 5 as printed with p in place of F,
 *   which has no logarithm; p = softmax F, natural logarithms
 *
 * Source: Kiourti, Singh, Duraipandian, Zhou, Li, "Rethinking Robustness: A New Approach to Evaluating Feature Attribution Methods", 2025, equations 4 and 5.
 */
export function classifierLoss({ logit, class: classTerm, delta, unit, weights }: ClassifierLoss, { outputs, target, predicted }: Origin, generated: Float32Array, t: number): LossAndGradient {
  const { probabilities, logs } = softmax(generated)
  const distance = outputs[target]! - generated[target]!
  const gradient = new Float64Array(generated.length)
  const [pulled, slope] = {
    literal: (): [number, number] => (distance < delta ? [delta - distance, -1] : [0, 0]),
    band: (): [number, number] => (Math.abs(distance) > delta ? [Math.abs(distance) - delta, Math.sign(distance)] : [0, 0]),
    target: (): [number, number] => [Math.abs(distance - t), Math.sign(distance - t)],
  }[logit]()
  // d dF / dF_y(x~) = -1.
  gradient[target]! -= (weights.logit / unit) * slope

  const own = classTerm === 'soft' ? softmax(outputs).probabilities : probabilities.map((_, k) => Number(k === predicted))
  const cross = (p: Float64Array): number => p.reduce((sum, value, k) => sum - (value === 0 ? 0 : value * logs[k]!), 0)
  const kept = cross(classTerm === 'entropy' ? probabilities : own)
  for (let k = 0; k < gradient.length; k++) gradient[k]! += weights.class * (classTerm === 'entropy' ? -probabilities[k]! * (logs[k]! + kept) : probabilities[k]! - own[k]!)
  return { loss: (weights.logit / unit) * pulled + weights.class * kept, gradient }
}

/** The generator's part of the game, by the discriminator's raw output s: `saturating` log(1 - D), equation 3 as printed; else -log D, D = sigmoid(s). */
export function deceptionLoss(s: number, saturating: boolean): { readonly loss: number; readonly slope: number } {
  const d = sigmoid(s)
  return saturating ? { loss: -softplus(s), slope: -d } : { loss: softplus(-s), slope: d - 1 }
}

/** The level a generated input is asked for, tied to the first of its normal numbers: even in (-delta, delta), or in (0, delta). */
export function levelOf(z0: number, delta: number, side: 'both' | 'below'): number {
  const u = 1 - normalTail(z0)
  return side === 'both' ? delta * (2 * u - 1) : delta * u
}

export const sigmoid = (s: number): number => 1 / (1 + Math.exp(-s))
const softplus = (s: number): number => Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s)))

function softmax(logits: Float32Array): { readonly probabilities: Float64Array; readonly logs: Float64Array } {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity)
  const log = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0)) + largest
  const logs = Float64Array.from(logits, (value) => value - log)
  return { probabilities: logs.map(Math.exp), logs }
}
