import type { GraphNode, Weight } from '@touchstone/network'
import { windowsOver } from './images.js'
import type { PlainLayer, Sum, Tap } from './layer.js'
import { indexAt, positions, sizeOf } from './shapes.js'

const tap = (index: number, weight = 1, input = 0): Tap => ({ input, index, weight })
const sum = (taps: readonly Tap[], bias = 0): Sum => ({ taps, bias })

/** A layer written out, from its node and the shapes of its inputs. @throws Error for a layer that has no twin. */
export function plainLayer(node: GraphNode, inputs: readonly (readonly number[])[]): PlainLayer {
  const [from] = inputs as readonly [readonly number[]]
  const same = (sums: readonly Sum[]): PlainLayer => ({ kind: 'sums', shape: from, sums })
  switch (node.op) {
    case 'input':
      return { kind: 'input', shape: node.shape }
    case 'activation':
      return { kind: 'activation', shape: from, node }
    case 'identity':
      return same(positions(from).map((_, index) => sum([tap(index)])))
    case 'affine':
    case 'batch-norm': {
      const { scale, shift } = node.weights
      const at = (weight: Weight | undefined, position: readonly number[], none: number) => (weight ? weight.data[indexAt(weight.shape, position)]! : none)
      return same(positions(from).map((position, index) => sum([tap(index, at(scale, position, 1))], at(shift, position, 0))))
    }
    case 'reshape': {
      const known = sizeOf(node.shape.filter((length) => length !== -1))
      const shape = node.shape.map((length) => (length === -1 ? sizeOf(from) / known : length))
      return { kind: 'sums', shape, sums: positions(from).map((_, index) => sum([tap(index)])) }
    }
    case 'slice':
      return { kind: 'sums', shape: node.size, sums: positions(node.size).map((position) => sum([tap(indexAt(from, position.map((at, axis) => at + node.begin[axis]!)))])) }
    case 'dense': {
      const { kernel, bias } = node.weights
      const [ins, outs] = kernel.shape as readonly [number, number]
      const shape = [...from.slice(0, -1), outs]
      const sums = positions(shape).map((position) => {
        const out = position.at(-1)!
        return sum(Array.from({ length: ins }, (_, i) => tap(indexAt(from, [...position.slice(0, -1), i]), kernel.data[i * outs + out])), bias?.data[out] ?? 0)
      })
      return { kind: 'sums', shape, sums }
    }
    case 'conv2d':
    case 'depthwise-conv2d': {
      const { kernel, bias } = node.weights
      const [height, width, ins, outs] = kernel.shape as readonly [number, number, number, number]
      const { grid, covered } = windowsOver(from, { ...node, size: [height, width] })
      const channels = node.op === 'conv2d' ? outs : ins * outs
      const weightAt = (row: number, column: number, channel: number, out: number) => kernel.data[indexAt(kernel.shape, [row, column, channel, out])]!
      const sums = covered.flatMap((window) =>
        Array.from({ length: channels }, (_, out) =>
          sum(
            window.flatMap(({ tap: [row, column], pixel }) =>
              node.op === 'conv2d'
                ? Array.from({ length: ins }, (_unused, channel) => tap(indexAt(from, [...pixel, channel]), weightAt(row, column, channel, out)))
                : [tap(indexAt(from, [...pixel, Math.floor(out / outs)]), weightAt(row, column, Math.floor(out / outs), out % outs))],
            ),
            bias?.data[out] ?? 0,
          ),
        ),
      )
      return { kind: 'sums', shape: [...grid, channels], sums }
    }
    case 'max-pool':
    case 'average-pool': {
      const { grid, covered } = windowsOver(from, node)
      const channels = from[2]!
      const windows = covered.flatMap((window) => Array.from({ length: channels }, (_, channel) => window.map(({ pixel }) => indexAt(from, [...pixel, channel]))))
      return pooled(node.op === 'max-pool', [...grid, channels], windows)
    }
    case 'global-max-pool':
    case 'global-average-pool': {
      const axes = node.axes?.map((axis) => (axis < 0 ? axis + from.length : axis)) ?? from.map((_, axis) => axis).slice(0, -1)
      const kept = from.map((length, axis) => (axes.includes(axis) ? 1 : length))
      const windows: number[][] = Array.from({ length: sizeOf(kept) }, () => [])
      positions(from).forEach((position, index) => windows[indexAt(kept, position)]!.push(index))
      return pooled(node.op === 'global-max-pool', node.keepAxes ? kept : from.filter((_, axis) => !axes.includes(axis)), windows)
    }
    case 'zero-pad': {
      const [[top, bottom], [left, right]] = node.padding
      const [height, width, channels] = from as readonly [number, number, number]
      const shape = [height + top + bottom, width + left + right, channels]
      const inside = ([row, column]: readonly number[]) => row! >= top && row! < top + height && column! >= left && column! < left + width
      return { kind: 'sums', shape, sums: positions(shape).map((at) => sum(inside(at) ? [tap(indexAt(from, [at[0]! - top, at[1]! - left, at[2]!]))] : [])) }
    }
    case 'concat': {
      const axis = node.axis ?? from.length - 1
      const owners = inputs.flatMap((shape, input) => Array.from({ length: shape[axis]! }, (_, at) => ({ input, at })))
      const shape = from.map((length, i) => (i === axis ? owners.length : length))
      const sums = positions(shape).map((position) => {
        const { input, at } = owners[position[axis]!]!
        return sum([tap(indexAt(inputs[input]!, position.with(axis, at)), 1, input)])
      })
      return { kind: 'sums', shape, sums }
    }
    case 'add':
      return combined(inputs, inputs.map(() => 1), 0)
    case 'linear-combination':
      return combined(inputs, node.coefficients, node.constant ?? 0)
    case 'multiply': {
      const shape = broadcast(inputs)
      return { kind: 'products', shape, factors: positions(shape).map((position) => inputs.map((one, input) => tap(indexAt(one, position), 1, input))) }
    }
    case 'transpose': {
      const shape = node.axes.map((axis) => from[axis]!)
      return { kind: 'sums', shape, sums: positions(shape).map((position) => sum([tap(indexAt(from, from.map((_, axis) => position[node.axes.indexOf(axis)]!)))])) }
    }
    case 'softmax':
    case 'standardise':
    case 'layer-norm':
    case 'prelu':
    case 'upsample':
    case 'maximum':
    case 'minimum':
      throw new Error(`no twin of ${node.op}`)
  }
}

function pooled(largest: boolean, shape: readonly number[], windows: readonly (readonly number[])[]): PlainLayer {
  return largest ? { kind: 'largest', shape, windows } : { kind: 'sums', shape, sums: windows.map((window) => sum(window.map((index) => tap(index, 1 / window.length)))) }
}

function combined(inputs: readonly (readonly number[])[], coefficients: readonly number[], constant: number): PlainLayer {
  const shape = broadcast(inputs)
  return { kind: 'sums', shape, sums: positions(shape).map((position) => sum(inputs.map((one, input) => tap(indexAt(one, position), coefficients[input], input)), constant)) }
}

const broadcast = (shapes: readonly (readonly number[])[]): readonly number[] => shapes[0]!.map((_, axis) => Math.max(...shapes.map((shape) => shape[axis]!)))
