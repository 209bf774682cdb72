import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { defineExtension, messageOf, UserError, type CommandContext } from '@touchstone/core'
import { buildAddon, findPackage } from './addon.js'
import { bringCuda, bringTensorflow } from './tensorflow.js'
import { run } from './tools.js'
import { verdict, type Trial } from './verdict.js'
import { wheels } from './wheel.js'

const usage = 'native install [--gpu [--with-cuda]] [--wheel FILE]'

/** `touchstone native install`: the native addon of tfjs-node where its own installer cannot fetch one. */
export const nativeCommand = defineExtension({
  kind: 'command',
  name: 'native',
  summary: "build tfjs-node's native addon against TensorFlow from PyPI, where its own installer cannot fetch one",
  traits: { usage },
  create: () => ({
    run: async (args, context) => {
      await install(settings(args), context)
      return 0
    },
  }),
})

interface Settings {
  readonly gpu: boolean
  readonly withCuda: boolean
  readonly wheel: string | undefined
}

function settings(args: readonly string[]): Settings {
  let values: { readonly gpu?: boolean; readonly 'with-cuda'?: boolean; readonly wheel?: string }
  let positionals: readonly string[]
  try {
    ;({ values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { gpu: { type: 'boolean' }, 'with-cuda': { type: 'boolean' }, wheel: { type: 'string' } } }))
  } catch (error) {
    throw new UserError(`native: ${messageOf(error)}; usage: touchstone ${usage}`)
  }
  if (positionals.length !== 1 || positionals[0] !== 'install') throw new UserError(`native: expected "install", found ${positionals.length === 0 ? 'nothing' : `"${positionals.join(' ')}"`}; usage: touchstone ${usage}`)
  const { gpu = false, 'with-cuda': withCuda = false, wheel } = values
  if (withCuda && !gpu) throw new UserError('native install: --with-cuda belongs to --gpu')
  return { gpu, withCuda, wheel }
}

async function install({ gpu, withCuda, wheel }: Settings, { log, folder, signal }: CommandContext): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new UserError(`native install: it was tried on linux-x64 alone, this is ${process.platform}-${process.arch}: use tfjs-node's own installer, npm rebuild @tensorflow/tfjs-node`)
  const packageName = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node'
  const packageFolder = await findPackage(packageName, folder)
  const tensorflow = await bringTensorflow(gpu ? wheels.gpu : wheels.cpu, wheel, log, signal)
  if (withCuda) await bringCuda(tensorflow, log, signal)
  await buildAddon(packageFolder, tensorflow, log, signal)
  log.info('trying it')
  // In a process of its own: an addon that breaks down takes its process along.
  const trial = await run(process.execPath, [fileURLToPath(new URL('try-addon.js', import.meta.url)), packageFolder], { signal, env: { TF_CPP_MIN_LOG_LEVEL: '2' } })
  // The last line: TensorFlow may have had something to say before.
  log.info(verdict(packageName, gpu, JSON.parse(trial.trim().split('\n').at(-1)!) as Trial))
}
