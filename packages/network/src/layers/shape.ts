import { sizeOf } from '@touchstone/core'
import { tf } from '@touchstone/tensor'
import type { ConcatNode, PlainNode, ReshapeNode, SliceNode, TransposeNode, ZeroPadNode } from '../graph/node.js'
import { onlyInput, refuse, type Layer, type NodeOf } from './layer.js'

export const input: Layer<NodeOf<'input'>> = {
  shape: (node, inputs) => {
    if (inputs.length > 0) refuse(node, 'an input of the network takes no other')
    return node.shape
  },
  forward: () => {
    throw new Error('inputs are given, not computed')
  },
  gradient: () => [],
}

export const identity: Layer<PlainNode> = {
  shape: (node, inputs) => onlyInput(node, inputs),
  forward: (_node, [x]) => tf.clone(x!),
  gradient: (_node, _computed, signal) => [signal],
}

export const reshape: Layer<ReshapeNode> = {
  shape: (node, inputs) => {
    const from = onlyInput(node, inputs)
    const [size, known] = [sizeOf(from), sizeOf(node.shape.filter((length) => length !== -1))]
    const to = node.shape.map((length) => (length === -1 ? size / known : length))
    if (node.shape.filter((length) => length === -1).length > 1 || sizeOf(to) !== size || to.some((length) => !Number.isInteger(length))) {
      refuse(node, `rows of shape [${from.join(', ')}] cannot take the shape [${node.shape.join(', ')}]`)
    }
    return to
  },
  forward: ({ shape }, [x]) => tf.reshape(x!, [x!.shape[0], ...resolved(shape, x!)]),
  gradient: (_node, { inputs: [x] }, signal) => [tf.reshape(signal, x!.shape)],
}

function resolved(shape: readonly number[], x: tf.Tensor): number[] {
  const size = sizeOf(x.shape.slice(1))
  const known = sizeOf(shape.filter((length) => length !== -1))
  return shape.map((length) => (length === -1 ? size / known : length))
}

export const zeroPad: Layer<ZeroPadNode> = {
  shape: (node, inputs) => {
    const [height, width, channels] = onlyInput(node, inputs, 3) as readonly [number, number, number]
    const { padding: [[top, bottom], [left, right]] } = node
    if (![top, bottom, left, right].every((count) => Number.isInteger(count) && count >= 0)) refuse(node, 'expected whole numbers of zeros to add')
    return [height + top + bottom, width + left + right, channels]
  },
  forward: ({ padding: [[top, bottom], [left, right]] }, [x]) => tf.pad(x!, [[0, 0], [top, bottom], [left, right], [0, 0]]),
  gradient: ({ padding: [[top], [left]] }, { inputs: [x] }, signal) => [tf.slice(signal, [0, top, left, 0], x!.shape)],
}

export const transpose: Layer<TransposeNode> = {
  shape: (node, inputs) => {
    const from = onlyInput(node, inputs)
    if (![...node.axes].sort((a, b) => a - b).every((axis, i) => axis === i) || node.axes.length !== from.length) refuse(node, `[${node.axes.join(', ')}] is no order of the axes of rows of shape [${from.join(', ')}]`)
    return node.axes.map((axis) => from[axis]!)
  },
  forward: ({ axes }, [x]) => tf.transpose(x!, [0, ...axes.map((axis) => axis + 1)]),
  gradient: ({ axes }, _computed, signal) => [tf.transpose(signal, [0, ...axes.map((_, axis) => axes.indexOf(axis) + 1)])],
}

export const slice: Layer<SliceNode> = {
  shape: (node, inputs) => {
    const from = onlyInput(node, inputs, node.begin.length)
    const { begin, size } = node
    const fits = size.length === from.length && from.every((length, axis) => Number.isInteger(begin[axis]) && begin[axis]! >= 0 && Number.isInteger(size[axis]) && begin[axis]! + size[axis]! <= length)
    if (!fits) refuse(node, `rows of shape [${from.join(', ')}] have no part of size [${size.join(', ')}] from [${begin.join(', ')}] on`)
    return size
  },
  forward: ({ begin, size }, [x]) => tf.slice(x!, [0, ...begin], [x!.shape[0], ...size]),
  gradient: ({ begin, size }, { inputs: [x] }, signal) => [tf.pad(signal, [[0, 0], ...begin.map((before, axis): [number, number] => [before, x!.shape[axis + 1]! - before - size[axis]!])])],
}

export const concat: Layer<ConcatNode> = {
  shape: (node, inputs) => {
    const [first] = inputs
    if (!first) refuse(node, 'expected at least one input')
    const axis = node.axis ?? first.length - 1
    const fits = axis >= 0 && axis < first.length && inputs.every((shape) => shape.length === first.length && shape.every((length, i) => i === axis || length === first[i]))
    if (!fits) refuse(node, `inputs of shapes ${inputs.map((shape) => `[${shape.join(', ')}]`).join(', ')} cannot be joined along axis ${axis}`)
    return first.map((length, i) => (i === axis ? inputs.reduce((sum, shape) => sum + shape[axis]!, 0) : length))
  },
  forward: ({ axis }, inputs) => tf.concat([...inputs], axis === undefined ? inputs[0]!.rank - 1 : axis + 1),
  gradient: ({ axis }, { inputs }, signal) => {
    const along = axis === undefined ? inputs[0]!.rank - 1 : axis + 1
    return inputs.length === 1 ? [signal] : tf.split(signal, inputs.map(({ shape }) => shape[along]!), along)
  },
}

export const softmax: Layer<PlainNode> = {
  shape: (node, inputs) => onlyInput(node, inputs),
  forward: (_node, [x]) => tf.softmax(x!),
  gradient: (_node, { output }, signal) => {
    const weighted = tf.mul(signal, output)
    return [tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), output))]
  },
}
