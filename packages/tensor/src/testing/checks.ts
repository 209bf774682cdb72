import { backend, getBackend, grad, memory, setBackend, tidy } from '#tfjs/core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { expect } from 'vitest'
import { toTensor } from './values.js'
import type { Values } from './values.js'

/** Its inputs are typed as images, which most are; the others have the rank that their shape says. */
type Compute = (...inputs: Tensor4D[]) => Tensor

/** The backend under test, which is the engine's, or tfjs's cpu backend to compare it with. */
export type Computer = 'engine' | 'cpu'

let engineBackend: string | undefined

/** Makes it compute what follows. The first call must find the engine's backend in use. */
export async function use(computer: Computer): Promise<void> {
  engineBackend ??= getBackend()
  await setBackend(computer === 'engine' ? engineBackend : computer)
}

/** What a computation gives on a backend. */
export async function runOn(computer: Computer, inputs: readonly Values[], compute: Compute): Promise<Float32Array> {
  await use(computer)
  const result = tidy(() => compute(...inputs.map((values) => toTensor(values))))
  const values = await result.data()
  result.dispose()
  await use('engine')
  return Float32Array.from(values)
}

/** Fails unless a computation gives the same as on the cpu backend, up to rounding. Returns its values. */
export async function expectSameAsCpu(inputs: readonly Values[], compute: Compute, tolerance = 1e-5): Promise<Float32Array> {
  const actual = await runOn('engine', inputs, compute)
  expectClose(actual, await runOn('cpu', inputs, compute), tolerance)
  return actual
}

/** Fails unless all values agree, within a tolerance relative to the largest of them (or 1 if all are smaller). */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length)
  let largest = 1
  let difference = 0
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!))
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!))
  }
  expect(difference / largest).toBeLessThan(tolerance)
}

/** `grad` of a function of images, which tfjs types as one of tensors of any rank. */
export function gradient(f: (x: Tensor4D) => Tensor): (x: Tensor4D) => Tensor4D {
  return grad((x) => f(x as Tensor4D)) as (x: Tensor) => Tensor4D
}

/** Central differences of a function of the inputs' values: the slope along each of them. */
export function slopes(f: (values: Float32Array) => number, at: Float32Array, step = 2 ** -6): Float32Array {
  return at.map((_, i) => {
    const above = at.slice()
    const below = at.slice()
    above[i]! += step
    below[i]! -= step
    return (f(above) - f(below)) / (above[i]! - below[i]!)
  })
}

/** Fails if a computation, run over and over, leaves tensors or values behind. */
export async function expectNoLeak(inputs: readonly Values[], compute: Compute): Promise<void> {
  const before = count()
  const results: { tensors: number, values: number }[] = []
  for (let run = 0; run < 5; run++) {
    await runOn('engine', inputs, compute)
    results.push(count())
  }
  for (const after of results) expect(after).toEqual(before)
}

function count(): { tensors: number, values: number } {
  return { tensors: memory().numTensors, values: backend().numDataIds() }
}
