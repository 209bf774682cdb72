import { definePlugin } from '@touchstone/core'
import { inline } from './inline-executor.js'
import { robustness } from './robustness.js'
import { memory } from './store/memory-storage.js'

/** What every evaluation has without asking. */
export const evaluationPlugin = definePlugin({ name: '@touchstone/evaluation', extensions: [robustness, inline, memory] })
