import { batchNormAffine } from '../graph/batch-norm.js'
import type { Graph, GraphNode, StandardiseNode } from '../graph/node.js'

/**
 * Each batch normalisation whose parts are known as two layers: one that standardises by its averages, and one that scales by gamma and shifts by beta, which keeps
 * the name. So its parts are weights of the network by themselves, as training wants them. Equal up to rounding.
 */
export function separateNormalisations(graph: Graph): Graph {
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (node.op !== 'batch-norm' || !node.normalisation) return [node]
    const { mean, variance, gamma, beta, epsilon, momentum } = node.normalisation
    const id = `${node.id}/standardised`
    return [
      { op: 'standardise', by: 'averages', id, inputs: node.inputs, weights: { mean, variance }, epsilon, momentum },
      { op: 'affine', id: node.id, inputs: [id], weights: { ...(gamma && { scale: gamma }), ...(beta && { shift: beta }) } },
    ]
  })
  return { ...graph, nodes }
}

/** The same network in training: it standardises each batch by mean and variance of its own, so rows are no longer independent. */
export function byBatch(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => (node.op === 'standardise' ? { ...node, by: 'batch' } : node)) }
}

/** The way back from `separateNormalisations`: scale and shift worked out from the present parts. */
export function joinNormalisations(graph: Graph): Graph {
  const standardised = new Map(graph.nodes.filter((node): node is StandardiseNode => node.op === 'standardise').map((node) => [node.id, node]))
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (standardised.has(node.id)) return []
    const before = node.op === 'affine' ? standardised.get(node.inputs[0]!) : undefined
    if (node.op !== 'affine' || !before) return [node]
    const { weights: { mean, variance }, epsilon, momentum, inputs } = before
    const normalisation = { mean, variance, gamma: node.weights.scale, beta: node.weights.shift, epsilon, momentum }
    return [{ op: 'batch-norm', id: node.id, inputs, weights: batchNormAffine(normalisation), normalisation }]
  })
  return { ...graph, nodes }
}
