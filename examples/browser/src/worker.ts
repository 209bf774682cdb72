/// <reference lib="webworker" />
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-backend-webgpu'
import simdFile from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import plainFile from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import { Base, Host, messageOf, UserError, type Dataset, type Model } from '@touchstone/core'
import attacks from '@touchstone/attribution-attacks'
import comparisons from '@touchstone/comparisons'
import deeplift from '@touchstone/deeplift'
import { evaluationPlugin } from '@touchstone/evaluation'
import fidelity from '@touchstone/fidelity'
import gradients from '@touchstone/gradients'
import ig from '@touchstone/ig'
import lrp from '@touchstone/lrp'
import noise from '@touchstone/noise'
import osr from '@touchstone/osr-gan'
import perturbation from '@touchstone/perturbation'
import sanity from '@touchstone/sanity'
import { layers, openEngine, tf } from '@touchstone/tensor'
import tfjsModels, { modelFromLayers } from '@touchstone/tfjs-models'
import { explain } from './explain.js'
import type { Answer, Explanation, Request } from './messages.js'
import { digitInput, digitLabels } from './digits.js'

const page = globalThis as unknown as DedicatedWorkerGlobalScope
const tell = (answer: Answer): void => page.postMessage(answer)

const host = new Host([evaluationPlugin, tfjsModels, gradients, ig, lrp, deeplift, perturbation, noise, osr, attacks, comparisons, fidelity, sanity])
let model: Model | undefined
let running: AbortController | undefined
let before: Promise<void> = Promise.resolve()

page.onmessage = ({ data }: MessageEvent<Request>) => {
  running?.abort(new DOMException('stopped', 'AbortError'))
  if (data.ask === 'stop') return
  const controller = (running = new AbortController())
  // One after the other: what is stopped ends first.
  before = before.then(() => (data.ask === 'open' ? open(data) : work(data.run, data.work, controller.signal)))
}

async function open(request: Extract<Request, { ask: 'open' }>): Promise<void> {
  try {
    if (request.backend === 'webgpu' && !(await graphicsCard())) throw new UserError('WebGPU finds no graphics card here: choose another engine')
    const file = (url: string): string => new URL(url, page.location.href).href
    const engine = await openEngine({
      backend: request.backend === 'wasm' ? 'auto' : request.backend,
      wasmPaths: { 'tfjs-backend-wasm.wasm': file(plainFile), 'tfjs-backend-wasm-simd.wasm': file(simdFile), 'tfjs-backend-wasm-threaded-simd.wasm': file(simdFile) },
    })
    const former = model
    model = undefined
    await former?.dispose?.()
    model = await (typeof request.model === 'string' ? fromWeb(request.model) : fromFiles(request.model))
    const { inputShape, classCount, mflopPerRow } = model
    if (inputShape.length !== 3 || ![1, 3].includes(inputShape[2]!)) throw new UserError(`this page shows pictures: expected a model of inputs [height, width, 1 or 3], found [${inputShape.join(', ')}]`)
    tell({ told: 'opened', engine: `${engine.name} ${engine.version}`, ...(engine.fallback !== undefined && { note: `wasm could not start, so that this is slow: ${engine.fallback}` }), inputShape, classCount, mflopPerRow })
  } catch (error) {
    tell({ told: 'closed', message: messageOf(error) })
  }
}

/** Whether WebGPU has something to compute on. */
async function graphicsCard(): Promise<boolean> {
  const { gpu } = navigator as { readonly gpu?: { readonly requestAdapter: () => Promise<object | null> } }
  return ((await gpu?.requestAdapter().catch(() => null)) ?? null) !== null
}

async function fromWeb(path: string): Promise<Model> {
  const tree = host.resolver().resolve('model', { use: 'layers-model', options: { path } }, [])!
  return host.open([{ token: Base, value: { path: '' } }]).create({ ...tree, kind: 'model' })
}

async function fromFiles(files: readonly File[]): Promise<Model> {
  const json = files.filter(({ name }) => name.endsWith('.json'))
  if (json.length !== 1) throw new UserError(`choose a model.json together with its weight files: found ${json.length} files whose names end in .json among ${files.length}`)
  try {
    // tfjs would throw where nobody hears it.
    JSON.parse(await json[0]!.text())
    return await modelFromLayers(await layers.loadLayersModel(tf.io.browserFiles([json[0]!, ...files.filter((file) => file !== json[0])])), { dispose: true })
  } catch (error) {
    throw new UserError(`${json[0]!.name} cannot be read as a tfjs layers-model: ${messageOf(error).split('\n')[0]!}`)
  }
}

async function work(run: number, explanation: Explanation, signal: AbortSignal): Promise<void> {
  if (!model) return
  const from = performance.now()
  const rows = model.rowsRun()
  try {
    await using scope = host.open([{ token: Base, value: { path: '' } }])
    await explain(model, host, scope, datasetOf(explanation, model), explanation, signal, (finding) => tell({ run, ...finding }))
    tell({ run, told: 'done', seconds: (performance.now() - from) / 1000, rows: model.rowsRun() - rows })
  } catch (error) {
    if (!signal.aborted) tell({ run, told: 'failed', what: 'the model', message: messageOf(error) })
  }
}

/** The input, and after it, where they fit, the shipped digits for methods that compare with data. */
function datasetOf({ input, range: [low, high] }: Explanation, { inputShape, fingerprint }: Model): Dataset {
  const digits = inputShape.join() === '28,28,1' ? digitLabels.map((label) => digitInput(label, [low, high])) : []
  const inputs = [input, ...digits]
  return { inputShape, size: inputs.length, range: { low, high }, fingerprint: `playground of ${fingerprint}`, example: (index) => Promise.resolve({ id: index === 0 ? 'shown' : `digit ${index - 1}`, input: inputs[index]! }) }
}
