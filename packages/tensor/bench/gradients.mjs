/*
 * What our kernels gain over tfjs's own: the input gradient and a training step of a small MNIST network, 64 rows, on one core.
 *
 * Both run in turn in the same process, each in a worker with an engine of its own, and the fastest round of each counts, so that the ratio
 * means something on a busy machine too. tfjs cannot train the network on wasm at all: for that comparison it gets the one kernel it lacks.
 *
 * node packages/tensor/bench/gradients.mjs (after a build)
 */
import { fileURLToPath } from 'node:url'
import { parentPort, Worker, workerData } from 'node:worker_threads'

const rounds = 8
const tasks = ['forward', 'input gradient', 'training step']

/**
 * @returns {Promise<{ name: string, stockMs: number, cpuMs: number, touchstoneMs: number, ratio: number, cpuRatio: number }[]>} milliseconds of the
 * fastest round, and how many times faster ours is than tfjs's wasm and cpu backends
 */
export async function bench() {
  const workers = [start('stock'), start('touchstone'), start('cpu')]
  try {
    const rows = []
    for (const name of tasks) {
      const fastest = [Infinity, Infinity, Infinity]
      for (let round = 0; round < rounds; round++) {
        // The cpu backend takes a second for what takes the others milliseconds: two rounds of it are enough.
        for (const [i, worker] of workers.slice(0, round < 2 ? 3 : 2).entries()) fastest[i] = Math.min(fastest[i], await ask(worker, name))
      }
      rows.push({ name, stockMs: fastest[0], cpuMs: fastest[2], touchstoneMs: fastest[1], ratio: fastest[0] / fastest[1], cpuRatio: fastest[2] / fastest[1] })
    }
    return rows
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** The rows as a small table. */
export function format(rows) {
  const lines = rows.map(({ name, stockMs, cpuMs, touchstoneMs, ratio, cpuRatio }) =>
    [name.padEnd(16), stockMs.toFixed(1).padStart(10), cpuMs.toFixed(1).padStart(10), touchstoneMs.toFixed(1).padStart(12), `${ratio.toFixed(1)}x`.padStart(12), `${cpuRatio.toFixed(0)}x`.padStart(12)].join(''))
  return ['64 rows, ms      tfjs wasm  tfjs cpu  touchstone  faster than wasm     than cpu', ...lines].join('\n')
}

function start(kernels) {
  return new Worker(fileURLToPath(import.meta.url), { workerData: { touchstoneTensorBench: kernels } })
}

function ask(worker, task) {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (milliseconds) => {
      worker.off('error', reject)
      resolve(milliseconds)
    })
    worker.postMessage(task)
  })
}

async function serve(kernels) {
  const { layers, openEngine, tf } = await import('../dist/index.js')
  await openEngine(kernels === 'cpu' ? { backend: 'cpu', kernels: 'stock' } : { backend: 'wasm', kernels })
  if (kernels === 'stock') {
    const { conv2DBackpropFilter } = await import('../dist/kernels/conv2d-backprop-filter.js')
    const { installKernels } = await import('../dist/kernels/kernel.js')
    installKernels([conv2DBackpropFilter], 'wasm')
  }
  const glorot = (seed) => layers.initializers.glorotUniform({ seed })
  const model = layers.sequential({ layers: [
    layers.layers.conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: 'relu', kernelInitializer: glorot(1) }),
    layers.layers.maxPooling2d({ poolSize: 2 }),
    layers.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', kernelInitializer: glorot(2) }),
    layers.layers.maxPooling2d({ poolSize: 2 }),
    layers.layers.flatten(),
    layers.layers.dense({ units: 64, activation: 'relu', kernelInitializer: glorot(3) }),
    layers.layers.dense({ units: 10, kernelInitializer: glorot(4) }),
  ] })
  const x = tf.randomUniform([64, 28, 28, 1], 0, 1, 'float32', 5)
  const labels = tf.oneHot(tf.mod(tf.range(0, 64, 1, 'int32'), tf.scalar(10, 'int32')), 10)
  const optimizer = tf.train.adam(1e-4)
  const work = {
    'forward': () => model.predict(x, { batchSize: 64 }),
    'input gradient': () => tf.grad((at) => tf.sum(tf.mul(model.apply(at), labels)))(x),
    'training step': () => optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, model.apply(x)), true),
  }
  parentPort.on('message', (task) => {
    const begin = performance.now()
    tf.tidy(() => work[task]()).dataSync()
    parentPort.postMessage(performance.now() - begin)
  })
}

if (workerData?.touchstoneTensorBench !== undefined) await serve(workerData.touchstoneTensorBench)
else if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(format(await bench()))
