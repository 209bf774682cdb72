import { defineTraining } from '@touchstone/robust-training'
import { pictures } from './pictures.js'

/** Adam from 0.0015 down to 0 along half a cosine, 4,500 batches of 64: 5.9 times through 49,000 pictures. 1,000 are held out. No augmentation. */
export default defineTraining({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/robust-training'],
  model: { use: 'untrained', options: { architecture: 'pictures', seed: 1 } },
  dataset: pictures('train'),
  trainer: { use: 'natural', options: { steps: 4500, batch: 64, optimizer: 'adam', learningRate: 0.0015, decay: 'cosine', heldOut: 1000, lookEvery: 500 } },
  out: 'models/natural',
  seed: 1,
  checkpointEvery: 250,
})
