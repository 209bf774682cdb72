import { definePlugin } from '@touchstone/core'
import { bullmq } from './executor.js'
import { worker } from './worker-command.js'

export { bullmq } from './executor.js'
export { worker } from './worker-command.js'

/** The jobs of an evaluation on many machines. */
export default definePlugin({ name: '@touchstone/bullmq', extensions: [bullmq, worker] })
