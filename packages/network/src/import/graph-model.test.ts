import { openEngine, tf } from '@touchstone/tensor'
import { beforeAll, expect, test } from 'vitest'
import { createNetwork, graphFromArtifacts, inputGradient, targetLogitSum } from '../index.js'
import { expectClose, tensor, values } from '../testing/index.js'

beforeAll(async () => {
  await openEngine()
})

type Attr = Record<string, unknown>
interface Node { name: string; op: string; input?: string[]; attr?: Attr }

const text = (s: string) => ({ s: btoa(s) })
const texts = (...list: string[]) => ({ list: { s: list.map((s) => btoa(s)) } })
const numbers = (...list: number[]) => ({ list: { i: list.map(String) } })
const image = { shape: { shape: { dim: [{ size: '-1' }, { size: '6' }, { size: '6' }, { size: '2' }] } } }
const window = { ksize: numbers(1, 2, 2, 1), strides: numbers(1, 2, 2, 1), padding: text('SAME') }

/** A graph-model of these nodes, with the weights that its constants name. */
function artifacts(nodes: Node[], weights: Record<string, { shape: number[]; data?: number[]; dtype?: 'int32' }>): tf.io.ModelArtifacts {
  const specs = Object.entries(weights).map(([name, { shape, dtype }]): tf.io.WeightsManifestEntry => ({ name, shape, dtype: dtype ?? 'float32' }))
  const parts = Object.entries(weights).map(([name, { shape, data, dtype }]) => (dtype ? Int32Array.from(data!) : Float32Array.from(data ?? values(shape, name))))
  const bytes = parts.map((part) => new Uint8Array(part.buffer))
  const constants = Object.keys(weights).map((name): Node => ({ name, op: 'Const' }))
  return { format: 'graph-model', modelTopology: { node: [...constants, ...nodes] }, weightSpecs: specs, weightData: bytes.map(({ buffer }) => buffer) }
}

const x = (attr: Attr = image): Node => ({ name: 'x', op: 'Placeholder', attr })

test('the operations of converted models compute what TensorFlow.js does', async () => {
  const weights = {
    scale: { shape: [] },
    kernel: { shape: [3, 3, 2, 4] },
    bias: { shape: [4] },
    depthwise: { shape: [3, 3, 4, 1] },
    gamma: { shape: [4] },
    beta: { shape: [4] },
    mean: { shape: [4] },
    variance: { shape: [4], data: [0.5, 1, 2, 0.7] },
    pads: { shape: [4, 2], data: [0, 0, 1, 0, 0, 1, 0, 0], dtype: 'int32' as const },
    axis: { shape: [], data: [-1], dtype: 'int32' as const },
    space: { shape: [2], data: [1, 2], dtype: 'int32' as const },
    length: { shape: [2], data: [-1, 8], dtype: 'int32' as const },
    dense: { shape: [3, 8] },
    offset: { shape: [3] },
  }
  const nodes: Node[] = [
    x(),
    { name: 'scaled', op: 'Mul', input: ['scale', 'x'] },
    { name: 'from-one', op: 'Sub', input: ['scale', 'scaled'] },
    { name: 'conv', op: '_FusedConv2D', input: ['from-one', 'kernel', 'bias'], attr: { strides: numbers(1, 1, 1, 1), padding: text('EXPLICIT'), explicit_paddings: numbers(0, 0, 1, 0, 2, 1, 0, 0), fused_ops: texts('BiasAdd', 'Relu6'), data_format: text('NHWC') } },
    { name: 'dw', op: 'DepthwiseConv2dNative', input: ['conv', 'depthwise'], attr: { strides: numbers(1, 1, 1, 1), padding: text('SAME') } },
    { name: 'norm', op: 'FusedBatchNormV3', input: ['dw', 'gamma', 'beta', 'mean', 'variance'], attr: { epsilon: { f: 0.001 } } },
    { name: 'tanh', op: 'Tanh', input: ['norm:0'] },
    { name: 'difference', op: 'Sub', input: ['tanh', 'conv'] },
    { name: 'padded', op: 'Pad', input: ['difference', 'pads'] },
    { name: 'max', op: 'MaxPool', input: ['padded'], attr: window },
    { name: 'mean-pool', op: 'AvgPool', input: ['max'], attr: { ...window, padding: text('VALID') } },
    { name: 'joined', op: 'ConcatV2', input: ['mean-pool', 'mean-pool', 'axis'] },
    { name: 'global', op: 'Mean', input: ['joined', 'space'], attr: { keep_dims: { b: true } } },
    { name: 'squeezed', op: 'Squeeze', input: ['global'], attr: { squeeze_dims: numbers(1, 2) } },
    { name: 'flat', op: 'Reshape', input: ['squeezed', 'length'] },
    { name: 'matmul', op: 'MatMul', input: ['flat', 'dense'], attr: { transpose_b: { b: true } } },
    { name: 'biased', op: 'BiasAdd', input: ['matmul', 'offset'] },
    { name: 'out', op: 'Identity', input: ['biased', '^flat'] },
  ]
  const network = createNetwork(await graphFromArtifacts(artifacts(nodes, weights)))
  const given = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, tf.tensor('data' in w ? w.data : values(w.shape, name), w.shape)])) as Record<keyof typeof weights, tf.Tensor>
  const image4 = tensor([2, 6, 6, 2]) as tf.Tensor4D
  const expected = (input: tf.Tensor): tf.Tensor => {
    const first = tf.sub<tf.Tensor4D>(given.scale, tf.mul(given.scale, input))
    const conv = tf.relu6<tf.Tensor4D>(tf.add(tf.conv2d(first, given.kernel as tf.Tensor4D, 1, [[0, 0], [1, 0], [2, 1], [0, 0]]), given.bias))
    const dw = tf.depthwiseConv2d(conv, given.depthwise as tf.Tensor4D, 1, 'same')
    const norm = tf.batchNorm(dw, given.mean as tf.Tensor1D, given.variance as tf.Tensor1D, given.beta as tf.Tensor1D, given.gamma as tf.Tensor1D, 0.001)
    const padded = tf.pad<tf.Tensor4D>(tf.sub(tf.tanh(norm), conv), [[0, 0], [1, 0], [0, 1], [0, 0]])
    const pooled = tf.avgPool(tf.maxPool(padded, 2, 2, 'same'), 2, 2, 'valid')
    const flat: tf.Tensor2D = tf.mean(tf.concat([pooled, pooled], 3), [1, 2])
    return tf.add(tf.matMul(flat, given.dense as tf.Tensor2D, false, true), given.offset)
  }
  await expectClose(network.logits(image4), expected(image4))
  await expectClose(inputGradient(network, image4, [0, 2]), tf.grad((at: tf.Tensor) => targetLogitSum(network, at, [0, 2]))(image4))
})

test('so do those that move, enlarge and compare', async () => {
  const weights = {
    slopes: { shape: [1, 1, 2] },
    perm: { shape: [4], data: [0, 3, 1, 2], dtype: 'int32' as const },
    back: { shape: [4], data: [0, 2, 3, 1], dtype: 'int32' as const },
    size: { shape: [2], data: [12, 18], dtype: 'int32' as const },
    zero: { shape: [], data: [0] },
  }
  const nodes: Node[] = [
    x(),
    { name: 'prelu', op: 'Prelu', input: ['x', 'slopes'] },
    { name: 'channels-first', op: 'Transpose', input: ['prelu', 'perm'] },
    { name: 'channels-last', op: 'Transpose', input: ['channels-first', 'back'] },
    { name: 'nearest', op: 'ResizeNearestNeighbor', input: ['channels-last', 'size'], attr: { half_pixel_centers: { b: true } } },
    { name: 'bilinear', op: 'ResizeBilinear', input: ['x', 'size'] },
    { name: 'larger', op: 'Maximum', input: ['nearest', 'bilinear'] },
    { name: 'smaller', op: 'Minimum', input: ['larger', 'nearest'] },
    { name: 'positive', op: 'Maximum', input: ['zero', 'smaller'] },
    { name: 'out', op: 'Add', input: ['positive', 'larger'] },
  ]
  const network = createNetwork(await graphFromArtifacts(artifacts(nodes, weights)))
  const images = tensor([2, 6, 6, 2]) as tf.Tensor4D
  const nearest = tf.image.resizeNearestNeighbor(tf.prelu<tf.Tensor4D>(images, tensor([1, 1, 2], 'slopes') as tf.Tensor4D), [12, 18], false, true)
  const larger = tf.maximum(nearest, tf.image.resizeBilinear(images, [12, 18]))
  await expectClose(network.logits(images), tf.add(tf.relu(tf.minimum(larger, nearest)), larger))
  await expectClose(inputGradient(network, images, [3, 100]), tf.grad((at: tf.Tensor) => targetLogitSum(network, at, [3, 100]))(images))
})

test.each<[string, Node[], string]>([
  ['a resize by no whole factor', [x(), { name: 'out', op: 'ResizeBilinear', input: ['x', 'odd'] }], 'layer "out" (ResizeBilinear) does not enlarge by whole factors'],
  ['an unknown operation', [x(), { name: 'fft', op: 'FFT', input: ['x'] }], 'layer "fft" (FFT) is not supported'],
  ['unknown operations', [x(), { name: 'fft', op: 'FFT', input: ['x'] }, { name: 'relu', op: 'Relu', input: ['fft'] }, { name: 'top', op: 'TopKV2', input: ['relu'] }], 'layers "top" (TopKV2), "fft" (FFT) are not supported;'],
  ['a cycle', [x(), { name: 'a', op: 'Add', input: ['x', 'b'] }, { name: 'b', op: 'Relu', input: ['a'] }, { name: 'out', op: 'Relu', input: ['b'] }], 'the layers form a cycle'],
  ['missing weights', [x(), { name: 'w2', op: 'Const' }, { name: 'out', op: 'Mul', input: ['x', 'w2'] }], 'the weights of "w2" are missing'],
  ['an input that is not there', [{ name: 'out', op: 'Relu', input: ['nowhere'] }], '"nowhere" is read, but is not there'],
  ['an input that nothing reads is no output', [x(), { name: 'out', op: 'Relu', input: ['nowhere'] }], '"nowhere" is read, but is not there'],
  ['weights of the wrong size', [x(), { name: 'out', op: 'BiasAdd', input: ['x', 'w'] }], 'layer "out" (affine): "shift" of shape [3] does not fit rows of shape [6, 6, 2]'],
  ['an open shape', [x({ shape: { shape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '3' }] } } }), { name: 'out', op: 'Relu', input: ['x'] }], 'expected an input of fixed shape, found [?, 3] for "x"'],
  ['an unknown fused activation', [x(), { name: 'out', op: '_FusedMatMul', input: ['x', 'm', 'w'], attr: { fused_ops: texts('BiasAdd', 'Gelu') } }], 'is fused with "Gelu"'],
  ['channels first', [x(), { name: 'out', op: 'MaxPool', input: ['x'], attr: { ...window, data_format: text('NCHW') } }], 'has channels first'],
  ['several outputs', [x(), { name: 'a', op: 'Relu', input: ['x'] }, { name: 'b', op: 'Relu', input: ['x'] }], 'expected a model of one output, found 2: a, b'],
])('%s is one clear message', async (_name, nodes, message) => {
  const error = await graphFromArtifacts(artifacts(nodes, { w: { shape: [3] }, m: { shape: [2, 3] }, odd: { shape: [2], data: [7, 7], dtype: 'int32' } })).catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ name: 'UserError' })
  expect((error as Error).message).toContain(message)
})

test('what is no graph-model is refused', async () => {
  await expect(graphFromArtifacts({ modelTopology: {} })).rejects.toThrow('found no list of nodes')
})
