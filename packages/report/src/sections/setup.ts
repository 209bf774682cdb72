import type { ResolvedExtension } from '@touchstone/core'
import type { Results, RunRecord } from '@touchstone/evaluation'
import { html, type Html } from '../html.js'
import { formatNumber } from '../numbers.js'
import { table } from '../table.js'
import { datasetName, extensionWords } from '../words.js'

/** What stands behind every label, and the whole config as JSON. */
export function setup(results: Results, run: RunRecord | undefined): Html {
  const { format, config, engine, models, dataset } = results
  const groups = [
    group('model', config.models, (label) => {
      const facts = Object.hasOwn(models, label) ? models[label] : undefined
      return facts ? `${facts.classCount} classes, input [${facts.inputShape.join(', ')}], ${formatNumber(facts.mflopPerRow)} MFLOP per row` : 'no facts in the results'
    }),
    group('dataset', { [datasetName(config.dataset)]: config.dataset }, () => `${dataset.size} examples of shape [${dataset.inputShape.join(', ')}], values from ${formatNumber(dataset.range.low)} to ${formatNumber(dataset.range.high)}`),
    group('method', config.attributers),
    group('metric', config.metrics),
  ]
  return html`${table('labels', html`What stands behind each label`, html`<tr><th scope="col">Label</th><th scope="col">Is a</th><th scope="col">Made by</th><th scope="col">Facts</th></tr>`, groups)}
<details><summary>The full configuration and versions, as JSON</summary>${json('config-json', 'The full configuration', { format, config, engine, models, dataset })}</details>
${run ? html`<details><summary>The record of the run, as JSON</summary>${json('run-json', 'The record of the run', run)}</details>` : undefined}`
}

function group(kind: string, extensions: Readonly<Record<string, ResolvedExtension>>, facts: (label: string) => string = () => ''): Html {
  return html`<tbody>${Object.entries(extensions).map(
    ([label, extension]) => html`<tr><th scope="row">${label}</th><td>${kind}</td><td>${extensionWords(extension)}</td><td>${facts(label)}</td></tr>`,
  )}</tbody>`
}

function json(id: string, name: string, value: unknown): Html {
  return html`<button type="button" data-copy="${id}">Copy</button><pre id="${id}" tabindex="0" role="region" aria-label="${name}"><code>${JSON.stringify(value, null, 2)}</code></pre>`
}
