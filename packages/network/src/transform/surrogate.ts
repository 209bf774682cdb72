import type { ActivationNode, Graph } from '../graph/node.js'

/**
 * The same layers and weights with smooth activations, so that second derivatives say something: ReLU becomes softplus(x) = log(1 + exp(beta x)) /
 * beta, leaky and parametric ReLU a x + (1 - a) softplus(x), a ReLU that ends at m (ReLU6) softplus(x) - softplus(x - m). As beta grows they become what they were.
 */
export function surrogate(graph: Graph, { beta }: { readonly beta: number }): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.op === 'activation' ? smooth(node, beta) : node.op === 'prelu' ? { ...node, beta } : node)) }
}

function smooth(node: ActivationNode, beta: number): ActivationNode {
  if (node.name === 'relu') return { ...node, name: node.max === undefined ? 'softplus' : 'smooth-clipped-relu', beta }
  return node.name === 'leaky-relu' ? { ...node, name: 'smooth-leaky-relu', beta } : node
}
