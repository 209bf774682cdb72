import type { Plugin } from '@touchstone/core'
import { evaluationPlugin } from '../plugin.js'
import { folder } from './folder-storage.js'
import { threads } from './threads/threads-executor.js'

/** What every evaluation has without asking, in Node. */
export const nodePlugin: Plugin = { ...evaluationPlugin, extensions: [...evaluationPlugin.extensions, threads, folder] }
