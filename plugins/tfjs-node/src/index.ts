import { definePlugin } from '@touchstone/core'
import { tfjsNode, tfjsNodeGpu } from './backends.js'
import { nativeCommand } from './install/native-command.js'

/** Evaluations on libtensorflow, on the processor or an NVIDIA card, and the command that installs it where its own installer cannot. */
export default definePlugin({ name: '@touchstone/tfjs-node', extensions: [tfjsNode, tfjsNodeGpu, nativeCommand] })
