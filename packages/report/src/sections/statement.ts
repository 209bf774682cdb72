import type { Results } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { counted, formatCount } from '../numbers.js'
import { datasetName, listed } from '../words.js'

/** One paragraph: what was evaluated. */
export function statement(results: Results, findings: Findings): Html {
  const { config, engine, dataset, examples } = results
  const { models, attributers, metrics } = findings
  return html`<p class="statement">Touchstone judged ${counted(attributers.length, 'attribution method')} (${listed(attributers)}) on ${counted(models.length, 'model')}
(${listed(models.map((model) => modelWords(results, findings, model)))}) by ${counted(metrics.length, 'metric')} (${listed(metrics)}).
It took ${formatCount(examples.length)} of the ${counted(dataset.size, 'example')} of ${datasetName(config.dataset)}${choiceWords(config.examples, examples.length)}.
Explained is ${targetWords(config.target)}. Seed ${config.seed}. ${
    engine
      ? html`Engine ${engine.name} ${engine.version}, kernels ${engine.kernels}${engine.passedOver?.map(({ backend, reason }) => html`, not ${backend}: ${reason}`)}.`
      : 'No engine is named in the results.'
  }</p>`
}

function choiceWords({ take, correctFor }: Results['config']['examples'], taken: number): string {
  if (correctFor === 'each-model') return `, judging each model on up to ${formatCount(take)} that it classifies right`
  const asked = take > taken ? ` (${formatCount(take)} were asked for)` : ''
  return `${asked}, ${correctFor === 'all-models' ? 'only such as every model classifies right' : 'whether classified right or not'}`
}

function targetWords(target: Results['config']['target']): string {
  if (typeof target === 'number') return `class ${target} for every example`
  return target === 'label' ? "the class of the example's label" : 'the class that the model predicts'
}

function modelWords(results: Results, findings: Findings, model: string): string {
  const seen = results.examples.filter(({ id, label }) => label !== null && findings.prediction(model, id) !== undefined)
  if (seen.length === 0) return model
  const right = seen.filter(({ id, label }) => findings.prediction(model, id)?.prediction.predicted === label)
  return `${model}: right on ${formatCount(right.length)} of ${formatCount(seen.length)}`
}
