import { engine, getKernelsForBackend, registerKernel, Tensor, unregisterKernel } from '#tfjs/core'
import type { DataType, KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'

/** The handle by which a backend knows a tensor's values. Several tensors may share one. */
export type DataId = TensorInfo['dataId']

/**
 * The part of tfjs's wasm backend that our kernels build on. The type that tfjs itself exports leans on emscripten's and the DOM's globals,
 * which this package does not have.
 */
export interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array
    _malloc: (bytes: number) => number
    readonly _free: (address: number) => void
    readonly asm: { readonly memory?: WebAssembly.Memory }
    /** There in the threaded build, whose memory is made outside. */
    readonly wasmMemory?: WebAssembly.Memory
  }
  readonly dataIdMap: {
    get: (dataId: DataId) => { readonly id: number, readonly memoryOffset: number }
  }
  makeOutput: (shape: number[], dtype: DataType, memoryOffset?: number) => TensorInfo
  incRef: (dataId: DataId) => void
  refCount: (dataId: DataId) => number
  disposeData: (dataId: DataId, force?: boolean) => boolean
}

/** A kernel as a plain function of its inputs and attributes. The result belongs to the caller; inputs are not written to, save those that a kernel says it changes. */
export type Kernel<Inputs extends object, Attrs extends object, Result = TensorInfo> = (backend: WasmBackend, inputs: Inputs, attrs: Attrs) => Result

/** Looks up one of tfjs's own kernels by name, as it was before any of ours took its place. */
export type StockKernels = (name: string) => Kernel<object, object>

/** A kernel of ours: the name under which tfjs runs it, and how to make it from tfjs's own kernels. */
export interface KernelDefinition {
  readonly name: string
  readonly build: (stock: StockKernels) => KernelFunc
}

/**
 * Describes a kernel. The one place where tfjs's loosely typed calling convention meets our typed one.
 *
 * @param name - tfjs's name of the kernel, such as `MaxPoolGrad`
 * @param build - makes the kernel; called once, when it is installed
 */
export function defineKernel<Inputs extends object, Attrs extends object, Result extends TensorInfo | TensorInfo[] = TensorInfo>(
  name: string,
  build: (stock: StockKernels) => Kernel<Inputs, Attrs, Result>,
): KernelDefinition {
  return {
    name,
    build: (stock) => {
      const kernel = build(stock)
      return ({ inputs, backend, attrs }) => kernel(backend as WasmBackend, inputs as Inputs, (attrs ?? {}) as Attrs)
    },
  }
}

/**
 * Puts kernels in the place of tfjs's, for the whole process. The backend must be up: tfjs's own kernels, on which ours build, are set up then.
 *
 * @param kernels - what to install
 * @param backendName - `wasm` or `cpu`
 */
export function installKernels(kernels: readonly KernelDefinition[], backendName: string): void {
  const before = new Map<string, KernelConfig>(getKernelsForBackend(backendName).map((config) => [config.kernelName, config]))
  const stock: StockKernels = (name) => {
    const config = before.get(name)
    if (config === undefined) throw new Error(`tfjs has no kernel ${name} on its ${backendName} backend`)
    return (backend, inputs, attrs) => config.kernelFunc({ backend, inputs: { ...inputs }, attrs: { ...attrs } }) as TensorInfo
  }
  for (const { name, build } of kernels) {
    const replaced = before.get(name)
    const kernelFunc = build(stock)
    if (replaced !== undefined) unregisterKernel(name, backendName)
    registerKernel({ ...replaced, kernelName: name, backendName, kernelFunc })
  }
}

/** What a kernel is given, or what one of tfjs's kernels gives, as a tensor that operations take. */
export function tensorOf(info: TensorInfo): Tensor {
  return info instanceof Tensor ? info as Tensor : engine().makeTensorFromTensorInfo(info)
}
