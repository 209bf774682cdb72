import type { TensorInfo } from '@tensorflow/tfjs-core'
import { release } from './heap.js'
import type { DataId, WasmBackend } from './kernel.js'

type Derivatives = Map<string, TensorInfo>

const memory = new WeakMap<WasmBackend, WeakMap<DataId, Derivatives>>()

/**
 * A tensor that is computed from a filter (flipped, transposed) and kept as long as the filter's own values live, because a model's filters
 * stay the same over thousands of calls. XNNPACK keeps its packed form of it for as long.
 *
 * Nothing here notices a tensor that is changed in place. tfjs never does that, and neither may we.
 *
 * @param source - the filter
 * @param key - names the computation and all its parameters except the filter's shape
 * @param make - computes it; called when it is not at hand
 * @returns a tensor that the caller must not release
 */
export function derived(backend: WasmBackend, source: TensorInfo, key: string, make: () => TensorInfo): TensorInfo {
  const kept = memory.get(backend) ?? watch(backend)
  let derivatives = kept.get(source.dataId)
  if (derivatives === undefined) kept.set(source.dataId, derivatives = new Map<string, TensorInfo>())
  // Reshaped tensors share their values, so the shape belongs to the key.
  const fullKey = `${key} of ${source.shape.join('x')}`
  let tensor = derivatives.get(fullKey)
  if (tensor === undefined) derivatives.set(fullKey, tensor = make())
  return tensor
}

/** Follows the backend's disposals, so that what is derived from a filter goes when the filter goes. */
function watch(backend: WasmBackend): WeakMap<DataId, Derivatives> {
  const kept = new WeakMap<DataId, Derivatives>()
  memory.set(backend, kept)
  const dispose = backend.disposeData.bind(backend)
  backend.disposeData = (dataId, force) => {
    const gone = dispose(dataId, force)
    const derivatives = gone ? kept.get(dataId) : undefined
    if (derivatives !== undefined) {
      kept.delete(dataId)
      release(backend, ...derivatives.values())
    }
    return gone
  }
  return kept
}
