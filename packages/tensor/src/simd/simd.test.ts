import { expect, it } from 'vitest'
import { product } from '../testing/reference.js'
import { randomValues } from '../testing/values.js'
import { binary } from './binary.js'
import { simdOn } from './simd.js'

it('what is committed is what the sources compile to', async () => {
  // @ts-expect-error: a script without types
  const { compile } = await import('../../../../scripts/assembly.mjs') as { compile: (name: string) => Promise<string> }
  expect(await compile('tensor')).toBe(binary)
})

it('works on any memory', () => {
  const memory = new WebAssembly.Memory({ initial: 8 })
  const values = new Float32Array(memory.buffer)
  const [a, b] = [randomValues([7, 300], 1), randomValues([300, 9], 2)]
  const [bStart, cStart, scratchStart] = [a.data.length, a.data.length + b.data.length, a.data.length + b.data.length + 63]
  values.set(a.data)
  values.set(b.data, bStart)
  simdOn(memory).multiply(0, false, bStart * 4, false, cStart * 4, 7, 300, 9, false, scratchStart * 4)
  expect(values.slice(cStart, cStart + 63)).toEqual(Float32Array.from(product(a, b, false, false, Math.fround)))
})
