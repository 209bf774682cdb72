import type { GraphNode, Weight } from '@touchstone/network'

/** The input `x` of a graph. */
export const input = (...shape: number[]): GraphNode => ({ op: 'input', id: 'x', inputs: [], shape })

export const relu = (id: string, from: string): GraphNode => ({ op: 'activation', name: 'relu', id, inputs: [from] })

export const dense = (id: string, from: string, kernel: Weight, bias?: Weight): GraphNode => ({ op: 'dense', id, inputs: [from], weights: { kernel, ...(bias && { bias }) } })
