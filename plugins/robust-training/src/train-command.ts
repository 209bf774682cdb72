import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { Base, defineExtension, Engine, isUserError, Logger, UserError, type CommandContext, type Log, type TrainingProgress } from '@touchstone/core'
import { networkOf } from '@touchstone/network'
import { checkTrainingConfig } from './training-config.js'

/** `touchstone train <config>`: trains a model as a config says, and writes it as a tfjs layers-model. */
export const trainCommand = defineExtension({
  kind: 'command',
  name: 'train',
  summary: 'train a model as a config says, or go on with a training that was stopped',
  traits: { usage: 'train <config>' },
  create: () => ({
    run: async (args, context) => {
      const [path, ...rest] = args
      if (path === undefined || path.startsWith('-') || rest.length > 0) throw new UserError(`expected one config file, as in "touchstone train training.config.ts", found ${args.length === 0 ? 'none' : `"${args.join(' ')}"`}`)
      await trainByConfig(path, context)
      return 0
    },
  }),
})

async function trainByConfig(path: string, { log, folder: current, signal, open, write }: CommandContext): Promise<void> {
  const { file, folder, config, host } = await open(path)
  const { out, model: from, dataset, trainer: by, backend, ...training } = checkTrainingConfig({ config, host, file })
  const to = resolve(folder, out)
  const place = relative(current, to) || '.'
  // What the host holds goes with its one scope.
  await using scope = host.open([
    { token: Logger, value: log },
    { token: Base, value: { path: folder } },
  ], backend)
  const engine = await scope.find(Engine)
  if (engine) log.info(`engine: ${engine.name} ${engine.version}`)
  const [model, data, trainer] = [await scope.create(from), await scope.create(dataset), await scope.create(by)]
  const save = model.capabilities.layersArtifacts
  if (!save) throw new UserError(`${file}: the model "${from.use}" is no tfjs layers-model, so what is trained of it cannot be saved: start from layers-model or untrained`)
  // Fails before any work where the model cannot be saved.
  await save(networkOf(model))

  const checkpoint = join(to, 'checkpoint.bin')
  const resume = existsSync(checkpoint) ? await readFile(checkpoint) : undefined
  if (resume) log.info(`going on from ${join(place, 'checkpoint.bin')}`)
  let last: TrainingProgress | undefined
  const tell = progressLog(log)
  try {
    const trained = await trainer.train({
      model,
      dataset: data,
      signal,
      ...training,
      ...(resume && { resume }),
      onCheckpoint: (state) => write(checkpoint, state),
      onProgress: (progress) => {
        last = progress
        tell(progress)
      },
    })
    try {
      const { modelTopology, weightSpecs, weightData } = await save(networkOf(trained))
      await write(join(to, 'weights.bin'), new Uint8Array(weightData as ArrayBuffer))
      await write(join(to, 'model.json'), `${JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] }, undefined, 1)}\n`)
    } finally {
      await trained.dispose?.()
    }
  } catch (error) {
    if (signal.aborted && last) log.info(`stopped after step ${last.step} of ${last.steps}; go on with: touchstone train ${path}`)
    if (isUserError(error) && error.message.startsWith('the checkpoint')) throw new UserError(`${checkpoint}: ${error.message}`)
    throw error
  }
  log.info(`${last ? `trained for ${last.step} steps${shareOf(last)}` : 'nothing was left to do'}; the model is in ${place}: use it as { use: 'layers-model', options: { path: '${place}' } }`)
}

/** Tells every accuracy, and between them how far the training is, every ten seconds. */
function progressLog(log: Log): (progress: TrainingProgress) => void {
  const started = performance.now()
  let [first, told] = [-1, started]
  return (progress) => {
    const { step, steps, loss, accuracy } = progress
    if (first < 0) first = step - 1
    const now = performance.now()
    if (accuracy === undefined && now - told < 10_000) return
    told = now
    const left = Math.ceil(((now - started) / (step - first)) * (steps - step) / 1000)
    log.info(`step ${step} of ${steps}, loss ${loss.toPrecision(3)}${shareOf(progress)}${left > 0 ? `, at most ${left < 120 ? `${left} s` : `${Math.ceil(left / 60)} min`} left` : ''}`)
  }
}

function shareOf({ accuracy }: TrainingProgress): string {
  return accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(2)} % of held-out examples right`
}
