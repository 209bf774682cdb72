/*
 * Input gradients by one worker thread and by two, each with an engine of its own: how much the second core is worth. One and two take turns in the
 * same run, and the fastest round of each counts.
 *
 * node packages/network/bench/workers.mjs (after a build)
 */
import { fileURLToPath } from 'node:url'
import { parentPort, Worker, workerData } from 'node:worker_threads'

const rounds = 5
const batches = 24

/** @returns {Promise<{ workers: number, ms: number }[]>} milliseconds of the fastest round for the same number of batches in all */
export async function bench() {
  const pool = [start(), start()]
  try {
    await Promise.all(pool.map((worker) => ask(worker, 2)))
    const fastest = [Infinity, Infinity]
    for (let round = 0; round < rounds; round++) {
      fastest[0] = Math.min(fastest[0], await timed(() => ask(pool[0], batches)))
      fastest[1] = Math.min(fastest[1], await timed(() => Promise.all(pool.map((worker) => ask(worker, batches / 2)))))
    }
    return fastest.map((ms, index) => ({ workers: index + 1, ms }))
  } finally {
    await Promise.all(pool.map((worker) => worker.terminate()))
  }
}

export function format([one, two]) {
  return `${batches} batches of 64 rows: one worker ${one.ms.toFixed(0)} ms, two ${two.ms.toFixed(0)} ms: ${(one.ms / two.ms).toFixed(2)} x`
}

function start() {
  return new Worker(fileURLToPath(import.meta.url), { workerData: { touchstoneWorkersBench: true } })
}

function ask(worker, count) {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', () => {
      worker.off('error', reject)
      resolve()
    })
    worker.postMessage(count)
  })
}

async function timed(work) {
  const from = performance.now()
  await work()
  return performance.now() - from
}

async function serve() {
  const { layers, openEngine, tf } = await import('@touchstone/tensor')
  const { inputGradient, networkFromLayers } = await import('../dist/index.js')
  await openEngine({ backend: 'wasm' })
  const { conv2d, maxPooling2d, flatten, dense } = layers.layers
  const network = await networkFromLayers(
    layers.sequential({
      layers: [
        conv2d({ inputShape: [28, 28, 1], filters: 16, kernelSize: 3, activation: 'relu' }),
        maxPooling2d({ poolSize: 2 }),
        conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
        maxPooling2d({ poolSize: 2 }),
        flatten(),
        dense({ units: 64, activation: 'relu' }),
        dense({ units: 10 }),
      ],
    }),
  )
  const x = tf.randomUniform([64, 28, 28, 1], 0, 1, 'float32', 1)
  const targets = Array.from({ length: 64 }, (_, row) => row % 10)
  parentPort.on('message', async (count) => {
    for (let batch = 0; batch < count; batch++) {
      const gradient = inputGradient(network, x, targets)
      await gradient.data()
      gradient.dispose()
    }
    parentPort.postMessage('done')
  })
}

if (workerData?.touchstoneWorkersBench) await serve()
else if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(format(await bench()))
