import { definePlugin } from '@touchstone/core'
import { presets } from './presets.js'
import { trainCommand } from './train-command.js'
import { igNormTrainer, igSumNormTrainer, naturalTrainer, pgdTrainer } from './trainers.js'

export { igNorm } from './loss.js'
export { igNormTrainer, igSumNormTrainer, naturalTrainer, pgdTrainer } from './trainers.js'
export { defineTraining, type TrainingConfig } from './training-config.js'

/** Training for robust predictions and attributions, and `touchstone train`. */
export default definePlugin({ name: '@touchstone/robust-training', extensions: [naturalTrainer, pgdTrainer, igNormTrainer, igSumNormTrainer, trainCommand], presets })
