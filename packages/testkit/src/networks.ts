import { createRandomness } from '@touchstone/core'
import { checkGraph, type ActivationName, type Graph, type GraphNode, type Weight } from '@touchstone/network'
import fc from 'fast-check'

/** What random networks are made of. */
export interface NetworksOptions {
  /** Only functions with all derivatives: no ReLU, no max-pooling. For second derivatives and finite differences. */
  readonly smooth?: boolean
}

const smoothActivations: readonly ActivationName[] = ['softplus', 'tanh', 'sigmoid', 'swish']
const kinkedActivations: readonly ActivationName[] = ['relu', 'leaky-relu', 'elu', 'selu']

const blocks = ['conv', 'strided-conv', 'dilated-conv', 'depthwise', 'separable', 'pool', 'overlapping-pool', 'batch-norm', 'pad', 'residual', 'concat', 'gate'] as const

/**
 * Arbitrary classifiers of small images, `[height, width, channels]` to 2 to 4 logits, as graphs: convolutions of all kinds, pooling, batch
 * normalisation, sums, products and concatenations of branches, activations, dense layers, with weights by a seed.
 */
export function networks({ smooth = false }: NetworksOptions = {}): fc.Arbitrary<Graph> {
  const activation = fc.constantFrom(...(smooth ? smoothActivations : [...smoothActivations, ...kinkedActivations]))
  return fc
    .record({
      seed: fc.nat(1e6),
      size: fc.constantFrom([5, 6], [7, 7], [8, 5]),
      channels: fc.integer({ min: 1, max: 3 }),
      layers: fc.array(fc.record({ block: fc.constantFrom(...blocks), activation, width: fc.integer({ min: 1, max: 4 }), same: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      end: fc.constantFrom('flatten', 'average', 'max'),
      hidden: fc.option(activation),
      classes: fc.integer({ min: 2, max: 4 }),
    })
    .map(({ seed, size, channels, layers, end, hidden, classes }) => {
      const builder = new Builder(seed, [...size, channels])
      for (const layer of layers) builder.block(layer.block, layer.width, layer.same ? 'same' : 'valid', layer.activation, smooth)
      if (end === 'flatten') builder.add({ op: 'reshape', shape: [-1] })
      else builder.add({ op: end === 'average' || smooth ? 'global-average-pool' : 'global-max-pool' })
      if (hidden !== null) builder.dense(5).activate(hidden)
      builder.dense(classes)
      return builder.graph()
    })
}

type Piece = GraphNode extends infer Node ? (Node extends GraphNode ? Omit<Node, 'id' | 'inputs'> : never) : never

/** Puts nodes one after the other, and knows the shape that the last one has. */
class Builder {
  readonly #randomness
  readonly #nodes: GraphNode[]
  #last = 'input'
  #draw = 0

  constructor(seed: number, shape: readonly number[]) {
    this.#randomness = createRandomness(seed, 'networks')
    this.#nodes = [{ op: 'input', id: 'input', inputs: [], shape }]
  }

  graph(): Graph {
    return { nodes: this.#nodes, output: this.#last }
  }

  add(piece: Piece, inputs: readonly string[] = [this.#last]): this {
    this.#last = `${piece.op}-${this.#nodes.length}`
    this.#nodes.push({ ...piece, id: this.#last, inputs })
    return this
  }

  activate(name: ActivationName): this {
    return this.add({ op: 'activation', name, ...(name === 'leaky-relu' && { alpha: 0.2 }), ...(name === 'softplus' && { beta: 2 }) })
  }

  dense(units: number): this {
    const inputs = this.#shape().at(-1)!
    return this.add({ op: 'dense', weights: { kernel: this.#weight([inputs, units], inputs), bias: this.#weight([units], 10) } })
  }

  block(kind: (typeof blocks)[number], width: number, padding: 'same' | 'valid', activation: ActivationName, smooth: boolean): void {
    const [height, breadth, channels] = this.#shape() as [number, number, number]
    // Images that have become too small for a window keep their size.
    const pad = Math.min(height, breadth) < 5 ? 'same' : padding
    const from = this.#last
    switch (kind) {
      case 'conv':
        this.#conv(channels, width, [1, 1], [1, 1], pad).activate(activation)
        break
      case 'strided-conv':
        this.#conv(channels, width, [2, 1], [1, 1], pad).activate(activation)
        break
      case 'dilated-conv':
        this.#conv(channels, width, [1, 1], [2, 1], pad).activate(activation)
        break
      case 'depthwise':
        this.add({ op: 'depthwise-conv2d', weights: { kernel: this.#weight([3, 3, channels, 2], 9), bias: this.#weight([channels * 2], 10) }, strides: [2, 2], padding: pad }).activate(activation)
        break
      case 'separable':
        this.add({ op: 'depthwise-conv2d', weights: { kernel: this.#weight([3, 3, channels, 1], 9) }, strides: [1, 1], padding: pad })
        this.add({ op: 'conv2d', weights: { kernel: this.#weight([1, 1, channels, width], channels), bias: this.#weight([width], 10) }, strides: [1, 1], padding: 'valid' }).activate(activation)
        break
      case 'pool':
        this.add({ op: smooth ? 'average-pool' : 'max-pool', size: [2, 2], strides: [2, 2], padding: pad })
        break
      case 'overlapping-pool':
        this.add({ op: smooth || padding === 'same' ? 'average-pool' : 'max-pool', size: [3, 2], strides: [2, 1], padding: pad })
        break
      case 'batch-norm':
        this.add({ op: 'batch-norm', weights: { scale: this.#weight([channels], 1), shift: this.#weight([channels], 10) } }).activate(activation)
        break
      case 'pad':
        this.add({ op: 'zero-pad', padding: [[1, 0], [0, 2]] })
        break
      case 'residual':
        this.#conv(channels, channels, [1, 1], [1, 1], 'same').activate(activation)
        this.add({ op: 'add' }, [from, this.#last])
        break
      case 'concat':
        this.#conv(channels, width, [1, 1], [1, 1], 'same').activate(activation)
        this.add({ op: 'concat' }, [from, this.#last])
        break
      case 'gate':
        this.add({ op: 'global-average-pool', keepAxes: true }).activate('sigmoid')
        this.add({ op: 'multiply' }, [from, this.#last])
        break
    }
  }

  #conv(channels: number, width: number, strides: [number, number], dilations: [number, number], padding: 'same' | 'valid'): this {
    const weights = { kernel: this.#weight([3, 2, channels, width], 6 * channels), bias: this.#weight([width], 10) }
    return this.add({ op: 'conv2d', weights, strides, dilations, padding })
  }

  #shape(): readonly number[] {
    return checkGraph(this.graph()).placeOf(this.#last).shape
  }

  /** Normal values with variance 2 / fanIn. */
  #weight(shape: readonly number[], fanIn: number): Weight {
    const normals = this.#randomness.normals('weights', this.#draw++, shape.reduce((a, b) => a * b, 1))
    return { shape, data: Float32Array.from(normals, (value) => value * Math.sqrt(2 / fanIn)) }
  }
}
