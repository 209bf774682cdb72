import type { Rows } from '@touchstone/core'
import type { Gallery, Results } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { html, type Html } from '../html.js'
import { formatCount, formatNumber } from '../numbers.js'
import { layoutOf, rowOf } from '../picture.js'
import { className, directionArrow } from '../words.js'
import { inputFigure, mapFigure } from './figures.js'
import { neighbourhood } from './neighbourhood.js'
import { missingPictures } from './missing.js'
import { shownExamples } from './shown-examples.js'

export interface Pictures {
  readonly inputs: Rows | undefined
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, Rows>>
  readonly gallery: Gallery | undefined
}

/** The first examples: input, predictions, every map and its scores. */
export function gallery(results: Results, findings: Findings, pictures: Pictures): Html {
  const shown = results.examples.slice(0, shownExamples)
  const missing = missingPictures(results, findings, pictures)
  return html`<p>${
    shown.length === results.examples.length
      ? html`All ${formatCount(shown.length)} evaluated examples are shown.`
      : html`${formatCount(shown.length)} of the ${formatCount(results.examples.length)} evaluated examples are shown: the first in the order of the dataset, not chosen by their scores.`
  }</p>
<p>In a map, red stands for values above zero, blue for values below zero and white for zero; where a method's maps carry a sign, red speaks for the explained class and blue against it.
The numbers at a colour bar say what its ends are.${channelWords(results)}
The numbers below a map are the scores of that one example: ↑ higher is better, ↓ lower is better.</p>
${missing.length > 0 ? html`<div class="caution"><p>Missing on this page:</p><ul>${missing.map((one) => html`<li>${one}</li>`)}</ul></div>` : undefined}
${scaleChoice}
${shown.map((example, index) => exampleBox(results, findings, pictures, example, index))}`
}

/** Which scale maps have, and the choice of another, where the page's script runs. */
export const scaleChoice = html`<p class="scale"><strong>Scale of colours:</strong> unless chosen otherwise each map is scaled by its own largest absolute value, from minus to plus, and a neighbour’s map and difference by
the largest of the two maps that they compare; so the same colour in two maps is not the same number.</p>
<fieldset class="tools"><legend>Scale of colours</legend>
<label><input type="radio" name="scale" value="own" checked> each map’s own largest value</label>
<label><input type="radio" name="scale" value="percentile"> its 99th percentile: what is larger is drawn as the end</label>
<label><input type="radio" name="scale" value="method"> one scale for all maps of a method on this page</label>
</fieldset>`

export function exampleBox(results: Results, findings: Findings, pictures: Pictures, example: Results['examples'][number], index: number, store: 'png' | 'steps' = 'png'): Html {
  const label = example.label === null ? 'no label' : `label ${className(example.label, results.dataset.classNames)}`
  return html`<article class="example" aria-labelledby="example-${index}">
<h3 id="example-${index}">Example ${example.id}</h3>
<div class="sides">
${inputFigure(rowOf(pictures.inputs, index), results.dataset.range, example.id, label)}
<div>${findings.models.map((model) => modelBox(results, findings, pictures, example, model, index === 0, store))}</div>
</div>
</article>`
}

function modelBox(results: Results, findings: Findings, pictures: Pictures, { id, label }: Results['examples'][number], model: string, open: boolean, store: 'png' | 'steps'): Html {
  const found = findings.prediction(model, id)
  if (!found) return html`<section class="model"><h4>Model ${model}</h4><p class="none">This model was not evaluated on this example.</p></section>`
  const { predicted, target, output } = found.prediction
  const names = results.dataset.classNames
  const verdict = label === null ? undefined : html` <span class="${predicted === label ? 'right' : 'wrong'}">${predicted === label ? '✓ right' : '✗ wrong'}</span>`
  return html`<section class="model">
<h4>Model ${model}</h4>
<p>Predicts ${className(predicted, names)}${verdict}; explained is class ${className(target, names)}, whose output is ${formatNumber(output)}.</p>
<div class="maps">${findings.attributers.map((attributer) =>
    mapFigure(rowOf(pictures.maps.get(model)?.get(attributer), found.position), { attributer, model, example: id, target }, exampleScores(findings, model, id, attributer), store),
  )}</div>
${neighbourhood({ results, findings, pictures, model, example: id, target, open })}
</section>`
}

function exampleScores(findings: Findings, model: string, example: string, attributer: string): Html {
  return html`<dl>${findings.metrics.map((metric) => {
    const row = findings.row(model, example, attributer, metric)
    const value = row?.value ?? undefined
    const words = value === undefined ? html`<dd class="none">${row ? html`undefined: ${row.reason ?? 'no reason was given'}` : 'not in the results'}</dd>` : html`<dd>${formatNumber(value)}</dd>`
    return html`<div><dt>${metric}${directionArrow(findings.direction(metric))}</dt>${words}</div>`
  })}</dl>`
}

function channelWords({ dataset }: Results): Html | undefined {
  const channels = layoutOf(dataset.inputShape)?.channels ?? 1
  if (channels === 1) return undefined
  return html` The inputs have ${channels} channels: maps are summed over them${channels === 3 ? '' : ', inputs are averaged over them'}.`
}
