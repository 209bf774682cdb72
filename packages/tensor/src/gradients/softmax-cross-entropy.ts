import { add, engine, logSumExp, losses, mul, neg, Reduction, scalar, sub, sum } from '#tfjs/core'
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core'

type Loss = typeof losses.softmaxCrossEntropy

/**
 * Makes the gradient of `tf.losses.softmaxCrossEntropy` differentiable. It is a custom gradient that computes with values saved on the way, to
 * which a second derivative is blind: it was silently wrong. Inside of nested gradients the loss is put together from operations instead.
 */
export function mendSoftmaxCrossEntropy(): void {
  const stock = losses.softmaxCrossEntropy
  const state = engine().state as { readonly gradientDepth: number }
  const mended: Loss = (labels, logits, weights, labelSmoothing = 0, reduction = Reduction.SUM_BY_NONZERO_WEIGHTS) => {
    if (state.gradientDepth < 2) return stock(labels, logits, weights, labelSmoothing, reduction)
    return losses.computeWeightedLoss(perExample(labels, logits, labelSmoothing), weights, reduction)
  }
  losses.softmaxCrossEntropy = mended
}

function perExample(labels: Tensor | TensorLike, logits: Tensor | TensorLike, labelSmoothing: number): Tensor {
  const scores = add(logits, scalar(0))
  const classes = scores.shape.at(-1)!
  const smooth = labelSmoothing === 0 ? labels : add(mul(labels, scalar(1 - labelSmoothing)), scalar(labelSmoothing / classes))
  return neg(sum(mul(smooth, sub(scores, logSumExp(scores, -1, true))), -1))
}
