import { Base, createRandomness, Host, sizeOf } from '@touchstone/core'
import { inputGradient, networkOf } from '@touchstone/network'
import { openEngine, tf, type Engine } from '@touchstone/tensor'
import plugin from './index.js'

/** What a browser and Node are to agree on. */
export interface Answer {
  readonly engine: Engine
  readonly logits: readonly number[]
  readonly gradient: readonly number[]
}

/** The logits of a few rows, and the gradients of their first class, of a model at a URL. */
export async function answer(url: string, wasmPaths?: string): Promise<Answer> {
  const engine = await openEngine({ backend: 'wasm', ...(wasmPaths !== undefined && { wasmPaths }) })
  const host = new Host([plugin])
  const resolved = host.resolver().resolve('model', { use: 'layers-model', options: { path: url } }, [])!
  const model = await host.open([{ token: Base, value: { path: '' } }]).create({ ...resolved, kind: 'model' })
  const shape = [5, ...model.inputShape]
  const data = Float32Array.from(createRandomness(1, 'page').normals('x', 0, sizeOf(shape)))
  const logits = await model.predict({ shape, data })
  const gradient = await inputGradient(networkOf(model), tf.tensor(data, shape), [0, 0, 0, 0, 0]).data()
  return { engine, logits: [...logits.data], gradient: [...gradient] }
}

// Where the page finds it.
Object.assign(globalThis, { answer })
