import { defineTraining } from '@touchstone/robust-training'

/**
 * IG-SUM-NORM with a small budget, from the adversarially trained network of pgd.config.ts: 4 steps of the attack in place of the papers' 40, integrals by 10 points
 * in place of 50 and by 2 in place of 10 in the attack, 70 batches in place of 100,000.
 */
export default defineTraining({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/robust-training'],
  model: { use: 'layers-model', options: { path: 'models/pgd' } },
  dataset: { use: 'mnist', options: { split: 'train', ...(process.env.MNIST_FOLDER && { folder: process.env.MNIST_FOLDER }) } },
  trainer: { use: 'ig-sum-norm-mnist', options: { steps: 70, learningRate: 0.001, decay: 'cosine', attackSteps: 4, attackStep: 0.15, points: 10, attackPoints: 2, lookEvery: 35 } },
  out: 'models/ig-sum-norm',
  seed: 1,
  batchRows: 256,
  checkpointEvery: 10,
})
