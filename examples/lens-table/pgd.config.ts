import { defineTraining } from '@touchstone/robust-training'

/** Adversarial training from the quickstart's network, with a small budget: 5 steps of the attack in place of the papers' 40, 800 batches in place of 100,000. */
export default defineTraining({
  plugins: ['@touchstone/tfjs-models', '@touchstone/datasets', '@touchstone/robust-training'],
  model: { use: 'layers-model', options: { path: '../quickstart/models/well' } },
  dataset: { use: 'mnist', options: { split: 'train', ...(process.env.MNIST_FOLDER && { folder: process.env.MNIST_FOLDER }) } },
  trainer: { use: 'pgd-mnist', options: { steps: 800, learningRate: 0.001, decay: 'cosine', attackSteps: 5, attackStep: 0.1 } },
  out: 'models/pgd',
  seed: 1,
})
