import type { ActivationNode } from '@touchstone/network'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const softplus = (x: number, beta: number): number => (Math.max(beta * x, 0) + Math.log1p(Math.exp(-Math.abs(beta * x)))) / beta
const seluScale = 1.0507009873554805
const seluAlpha = 1.6732632423543772

/** The value of an activation. */
export function activate({ name, alpha, beta = 1, theta = 1, max = Infinity }: ActivationNode, x: number): number {
  switch (name) {
    case 'linear':
      return x
    case 'relu':
      return Math.min(Math.max(x, 0), max)
    case 'leaky-relu':
      return x > 0 ? x : (alpha ?? 0.3) * x
    case 'elu':
      return x > 0 ? x : (alpha ?? 1) * Math.expm1(x)
    case 'selu':
      return seluScale * (x > 0 ? x : seluAlpha * Math.expm1(x))
    case 'softplus':
      return softplus(x, beta)
    case 'sigmoid':
      return sigmoid(x)
    case 'hard-sigmoid':
      return Math.min(Math.max(0.2 * x + 0.5, 0), 1)
    case 'tanh':
      return Math.tanh(x)
    case 'softsign':
      return x / (1 + Math.abs(x))
    case 'swish':
      return x * sigmoid(x)
    case 'exponential':
      return Math.exp(x)
    case 'thresholded-relu':
      return x > theta ? x : 0
    case 'mish':
      return x * Math.tanh(softplus(x, 1))
    case 'gelu':
    case 'gelu-tanh':
      throw new Error(`no twin of ${name}`)
    case 'smooth-leaky-relu':
      return (alpha ?? 0.3) * x + (1 - (alpha ?? 0.3)) * softplus(x, beta)
    case 'smooth-clipped-relu': {
      const end = max === Infinity ? 6 : max
      return softplus(x, beta) - softplus(x - end, beta)
    }
  }
}

/** The slope of an activation; at a kink the one to the left. */
export function slopeOf(node: ActivationNode, x: number): number {
  const { name, alpha, beta = 1, theta = 1, max = Infinity } = node
  switch (name) {
    case 'linear':
      return 1
    case 'relu':
      return x > 0 && x < max ? 1 : 0
    case 'leaky-relu':
      return x > 0 ? 1 : (alpha ?? 0.3)
    case 'elu':
      return x > 0 ? 1 : (alpha ?? 1) * Math.exp(x)
    case 'selu':
      return seluScale * (x > 0 ? 1 : seluAlpha * Math.exp(x))
    case 'hard-sigmoid':
      return x > -2.5 && x < 2.5 ? 0.2 : 0
    case 'softplus':
      return sigmoid(beta * x)
    case 'sigmoid':
      return sigmoid(x) * sigmoid(-x)
    case 'tanh':
      return 1 / Math.cosh(x) ** 2
    case 'softsign':
      return 1 / (1 + Math.abs(x)) ** 2
    case 'swish':
      return sigmoid(x) + x * sigmoid(x) * sigmoid(-x)
    case 'exponential':
      return Math.exp(x)
    case 'thresholded-relu':
      return x > theta ? 1 : 0
    case 'mish': {
      const t = Math.tanh(softplus(x, 1))
      return t + x * (1 - t * t) * sigmoid(x)
    }
    case 'gelu':
    case 'gelu-tanh':
      throw new Error(`no twin of ${name}`)
    case 'smooth-leaky-relu':
      return (alpha ?? 0.3) + (1 - (alpha ?? 0.3)) * sigmoid(beta * x)
    case 'smooth-clipped-relu':
      return sigmoid(beta * x) - sigmoid(beta * (x - (max === Infinity ? 6 : max)))
  }
}
