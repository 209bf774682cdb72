import { definePlugin } from '@touchstone/core'
import { mnist } from './mnist.js'

export { readIdx, type IdxArray } from './idx.js'
export { mnist }

export default definePlugin({ name: '@touchstone/datasets', extensions: [mnist] })
