import type { Conv2DNode, DenseNode, DepthwiseConv2DNode, Graph, GraphNode, Weight } from '../graph/node.js'

type Weighted = DenseNode | Conv2DNode | DepthwiseConv2DNode

/**
 * Folds each batch normalisation into the dense layer or convolution right before it: kernel' = kernel scale, bias' = bias scale + shift, worked
 * out in double precision. Exact up to rounding; done only where nothing else reads what the layer gives and its weights are its own. A
 * normalisation in any other place stays, also one before a convolution, which cannot be folded where zeros are padded.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const readers = countBy(graph.nodes.flatMap(({ inputs }) => inputs))
  const holders = countBy(graph.nodes.flatMap((node) => ('weights' in node ? Object.values(node.weights as Record<string, Weight | undefined>) : [])))
  for (const norm of graph.nodes) {
    if (norm.op !== 'batch-norm') continue
    const before = nodes.get(norm.inputs[0]!)
    if (!before || !isWeighted(before) || readers.get(before.id) !== 1 || before.id === graph.output || holders.get(before.weights.kernel) !== 1) continue
    const folded = fold(before, norm.weights.scale, norm.weights.shift)
    if (!folded) continue
    // The folded layer takes the normalisation's place and name, so that what reads it is unchanged.
    nodes.delete(before.id)
    nodes.set(norm.id, { ...folded, id: norm.id })
  }
  return { ...graph, nodes: [...nodes.values()] }
}

function isWeighted(node: GraphNode): node is Weighted {
  return node.op === 'dense' || node.op === 'conv2d' || node.op === 'depthwise-conv2d'
}

/** The layer with scale and shift in its weights; nothing where they are not one number per output channel. */
function fold(node: Weighted, scale: Weight | undefined, shift: Weight | undefined): Weighted | undefined {
  const { kernel, bias } = node.weights
  // A depthwise kernel ends in [channels, outputs per channel], which are its output channels in order.
  const channels = node.op === 'depthwise-conv2d' ? kernel.shape.at(-1)! * kernel.shape.at(-2)! : kernel.shape.at(-1)!
  const perChannel = (weight: Weight | undefined): boolean => !weight || (weight.shape.length === 1 && weight.shape[0] === channels)
  if (!perChannel(scale) || !perChannel(shift)) return undefined
  const factor = (channel: number): number => scale?.data[channel] ?? 1
  const weights = {
    kernel: { shape: kernel.shape, data: kernel.data.map((value, i) => value * factor(i % channels)) },
    bias: { shape: [channels], data: Float32Array.from({ length: channels }, (_, channel) => (bias?.data[channel] ?? 0) * factor(channel) + (shift?.data[channel] ?? 0)) },
  }
  return { ...node, weights }
}

function countBy<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
