import type { WasmBackend } from '../kernels/kernel.js'
import { binary } from './binary.js'

type Windows = readonly [
  images: number, height: number, width: number, channels: number, outHeight: number, outWidth: number,
  windowHeight: number, windowWidth: number, strideY: number, strideX: number, top: number, left: number,
]
type DilatedWindows = readonly [
  images: number, height: number, width: number, channels: number, outHeight: number, outWidth: number,
  filterHeight: number, filterWidth: number, strideY: number, strideX: number, dilationY: number, dilationX: number, top: number, left: number,
]
/** `bend` is exp(-beta max). */
export type SmoothReluShape = readonly [alpha: number, beta: number, max: number, bend: number]

/**
 * Kernels written for the processor's vector instructions, in the folder `assembly`, where each says what it computes. They work in place on
 * the backend's own heap; where they take a tensor, they take its address (`addressOf`).
 */
export interface Simd {
  readonly adam: (
    value: number, first: number, second: number, gradient: number, newValue: number, newFirst: number, newSecond: number, count: number,
    beta1: number, rest1: number, beta2: number, rest2: number, rate: number, correction: number, epsilon: number,
  ) => void
  readonly addSigned: (a: number, b: number, x: number, out: number, count: number) => void
  readonly addTo: (target: number, values: number, count: number) => void
  readonly averagePoolGradient: (dy: number, dx: number, ...geometry: Windows) => void
  readonly collectPixels: (
    from: number, x: number, firstLine: number, lines: number, height: number, width: number, channels: number, outHeight: number, outWidth: number,
    filterHeight: number, filterWidth: number, strideY: number, strideX: number, top: number, left: number,
  ) => void
  readonly depthwiseFilterGradient: (x: number, dy: number, gradient: number, work: number, ...geometry: DilatedWindows) => void
  readonly depthwiseInputGradient: (dy: number, filter: number, dx: number, ...geometry: DilatedWindows) => void
  readonly gatherLargest: (x: number, out: number, values: number, ...geometry: Windows) => void
  readonly leakyReluGradient: (dy: number, x: number, out: number, count: number, alpha: number) => void
  readonly maxPoolGradient: (x: number, dy: number, dx: number, ...geometry: Windows) => void
  readonly multiply: (
    a: number, aTransposed: boolean, b: number, bTransposed: boolean, c: number, rows: number, inner: number, columns: number, add: boolean, scratch: number,
  ) => void
  readonly multiplyFewRows: (a: number, b: number, c: number, rows: number, inner: number, columns: number) => void
  readonly multiplyScratchBytes: { readonly value: number }
  readonly normalise: (x: number, out: number, mean: number, slope: number, offset: number, rows: number, channels: number) => void
  readonly revealCancel: (
    z: number, z0: number, total: number, signal: number, sum: number, difference: number, count: number, most: number, rounding: number, tiny: number,
  ) => void
  readonly smoothRelu: (x: number, out: number, count: number, ...shape: SmoothReluShape) => void
  readonly smoothReluCurvature: (a: number, b: number, x: number, out: number, count: number, ...shape: SmoothReluShape) => void
  readonly smoothReluGradient: (dy: number, x: number, out: number, count: number, ...shape: SmoothReluShape) => void
  readonly spreadPixels: (
    x: number, to: number, firstLine: number, lines: number, height: number, width: number, channels: number, outHeight: number, outWidth: number,
    filterHeight: number, filterWidth: number, strideY: number, strideX: number, top: number, left: number,
  ) => void
  readonly stableQuotient: (a: number, b: number, out: number, count: number, epsilon: number) => void
  readonly sumLast: (x: number, out: number, outer: number, count: number, divisor: number) => void
  readonly sumMiddle: (x: number, out: number, outer: number, count: number, inner: number, divisor: number) => void
}

const instances = new WeakMap<WasmBackend, Simd>()

/** The kernels on a backend's heap. */
export function simd(backend: WasmBackend): Simd {
  let instance = instances.get(backend)
  if (instance === undefined) instances.set(backend, instance = simdOn(memoryOf(backend)))
  return instance
}

/** The kernels on a memory. */
export function simdOn(memory: WebAssembly.Memory): Simd {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0))
  // Small enough to be compiled at once.
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports as unknown as Simd
}

function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory {
  const memory = wasm.wasmMemory ?? wasm.asm.memory
  if (memory === undefined) throw new Error("The memory of tfjs's wasm backend is out of reach")
  return memory
}
