/* Well-known architectures with random weights: what is measured does not depend on them. */
import { layers, tf } from '@touchstone/tensor'
import { networkFromLayers } from '../dist/index.js'

/** Puts layers one after the other. */
function builder() {
  const nodes = [{ op: 'input', id: 'x', inputs: [], shape: [224, 224, 3] }]
  let seed = 1
  const weight = (shape, fanIn) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
    const scale = Math.sqrt(6 / fanIn)
    for (let i = 0; i < data.length; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      data[i] = scale * (seed / 2 ** 31 - 1)
    }
    return { shape, data }
  }
  const add = (node, inputs) => {
    const id = `${node.op}${nodes.length}`
    nodes.push({ ...node, id, inputs: inputs ?? [nodes.at(-1).id] })
    return id
  }
  const relu = (from) => add({ op: 'activation', name: 'relu' }, from && [from])
  const conv = (from, size, channels, filters, stride = 1, padding = 'same') =>
    add({ op: 'conv2d', strides: [stride, stride], padding, weights: { kernel: weight([size, size, channels, filters], size * size * channels), bias: weight([filters], 1e6) } }, [from])
  const dense = (from, inputs, units) => add({ op: 'dense', weights: { kernel: weight([inputs, units], inputs), bias: weight([units], 1e6) } }, [from])
  const norm = (from, channels) => add({ op: 'batch-norm', weights: { scale: weight([channels], 6), shift: weight([channels], 1e6) } }, [from])
  const pool = (from, size, stride, padding = 'valid') => add({ op: 'max-pool', size: [size, size], strides: [stride, stride], padding }, [from])
  const average = (from) => add({ op: 'global-average-pool' }, [from])
  return { nodes, add, relu, conv, dense, norm, pool, average, graph: (output) => ({ nodes, output }) }
}

export function vgg16() {
  const b = builder()
  let [at, channels] = ['x', 3]
  for (const [count, filters] of [[2, 64], [2, 128], [3, 256], [3, 512], [3, 512]]) {
    for (let i = 0; i < count; i++) {
      at = b.relu(b.conv(at, 3, channels, filters))
      channels = filters
    }
    at = b.pool(at, 2, 2)
  }
  at = b.add({ op: 'reshape', shape: [-1] }, [at])
  at = b.relu(b.dense(at, 25088, 4096))
  at = b.relu(b.dense(at, 4096, 4096))
  return b.graph(b.dense(at, 4096, 1000))
}

export function resNet50() {
  const b = builder()
  let at = b.pool(b.relu(b.norm(b.conv('x', 7, 3, 64, 2), 64)), 3, 2, 'same')
  let channels = 64
  for (const [stage, count] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage
    for (let i = 0; i < count; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1
      const shortcut = i === 0 ? b.norm(b.conv(at, 1, channels, 4 * width, stride), 4 * width) : at
      let branch = b.relu(b.norm(b.conv(at, 1, channels, width, stride), width))
      branch = b.relu(b.norm(b.conv(branch, 3, width, width), width))
      branch = b.norm(b.conv(branch, 1, width, 4 * width), 4 * width)
      at = b.relu(b.add({ op: 'add' }, [shortcut, branch]))
      channels = 4 * width
    }
  }
  return b.graph(b.dense(b.average(at), 2048, 1000))
}

export function squeezeNet() {
  const b = builder()
  let at = b.pool(b.relu(b.conv('x', 3, 3, 64, 2, 'valid')), 3, 2)
  let channels = 64
  for (const [i, width] of [16, 16, 32, 32, 48, 48, 64, 64].entries()) {
    const squeezed = b.relu(b.conv(at, 1, channels, width))
    const [one, three] = [b.relu(b.conv(squeezed, 1, width, 4 * width)), b.relu(b.conv(squeezed, 3, width, 4 * width))]
    at = b.add({ op: 'concat' }, [one, three])
    channels = 8 * width
    if (i === 1 || i === 3) at = b.pool(at, 3, 2)
  }
  return b.graph(b.average(b.relu(b.conv(at, 1, 512, 1000))))
}

/** Five convolutions on 224 x 224 pixels, below 0.2 GFLOP a row. */
export function smallNetwork() {
  const { conv2d, globalAveragePooling2d, dense } = layers.layers
  const conv = (filters, seed, more = {}) => conv2d({ filters, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', kernelInitializer: layers.initializers.heNormal({ seed }), ...more })
  return networkFromLayers(layers.sequential({ layers: [conv(24, 1, { inputShape: [224, 224, 3] }), conv(48, 2), conv(96, 3), conv(128, 4), globalAveragePooling2d({}), dense({ units: 10, activation: 'softmax', kernelInitializer: layers.initializers.glorotNormal({ seed: 6 }) })] }))
}

export function cifarNetwork() {
  const { conv2d, maxPooling2d, flatten, dense } = layers.layers
  const conv = (filters, seed, more = {}) => conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: layers.initializers.heNormal({ seed }), ...more })
  return networkFromLayers(layers.sequential({
    layers: [
      conv(32, 1, { inputShape: [32, 32, 3] }), conv(32, 2), maxPooling2d({ poolSize: 2 }),
      conv(64, 3), conv(64, 4), maxPooling2d({ poolSize: 2 }),
      flatten(), dense({ units: 128, activation: 'relu', kernelInitializer: layers.initializers.glorotUniform({ seed: 5 }) }), dense({ units: 10, activation: 'softmax', kernelInitializer: layers.initializers.glorotUniform({ seed: 6 }) }),
    ],
  }))
}

/** A trained one: its weights come with a package of npm. */
export async function mobileNet(foldBatchNorm) {
  const { nsfwModel } = await import('../dist/testing/nsfwjs.js')
  return networkFromLayers(await layers.loadLayersModel(tf.io.fromMemory(await nsfwModel('mobilenet_v2'))), { foldBatchNorm })
}
