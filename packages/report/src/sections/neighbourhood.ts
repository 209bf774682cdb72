import type { Gallery, GalleryNeighbours, Results } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { groupBy } from '../group-by.js'
import { html, type Html } from '../html.js'
import { counted, formatNumber } from '../numbers.js'
import { largestOf, layoutOf, rowOf } from '../picture.js'
import { className, listed } from '../words.js'
import { inputFigure, mapFigure } from './figures.js'
import type { Pictures } from './gallery.js'
import { marksFigure } from './marks-figure.js'

/** An example under a model. */
interface Subject {
  readonly results: Results
  readonly findings: Findings
  readonly pictures: Pictures
  readonly model: string
  readonly example: string
  readonly target: number
  /** Whether it can be seen at once. */
  readonly open: boolean
}

/** Neighbours of an example with their maps and what changed in them, and the pixels that metrics look at; nothing where none were kept. */
export function neighbourhood(subject: Subject): Html | undefined {
  const { gallery } = subject.pictures
  if (!gallery) return undefined
  const own = gallery.neighbours.filter(({ model, example, shown }) => model === subject.model && example === subject.example && shown.length > 0)
  const samplers = groupBy(own, ({ sampler, metrics }) => JSON.stringify([sampler, metrics]))
  return html`${[...samplers.values()].map((group) => samplerBox(subject, gallery, group))}${marksBox(subject, gallery)}`
}

function samplerBox(subject: Subject, gallery: Gallery, group: readonly GalleryNeighbours[]): Html {
  const { sampler, metrics, rejected, shown } = group[0]!
  const accepted = rejected.filter((reason) => reason === null).length
  // Methods share the neighbours that do not depend on them.
  const inputs = [...new Set(group.flatMap((one) => one.shown.map(({ input }) => input)))]
  return html`<details class="near"${subject.open ? html` open` : undefined}><summary>Neighbours by <strong>${sampler}</strong> for ${listed(metrics)}: the first ${shown.length} of ${accepted} accepted</summary>
<p class="note">${counted(rejected.length, 'neighbour')} drawn, ${accepted} accepted. Below each, what the map becomes and the difference from the map above.</p>
${inputs.map((input) => neighbourRow(subject, gallery, group, input))}
</details>`
}

function neighbourRow(subject: Subject, gallery: Gallery, group: readonly GalleryNeighbours[], input: number): Html {
  const { results, pictures, findings, model, example, target } = subject
  const shape = results.dataset.inputShape
  const layout = layoutOf(shape)
  const owners = group.flatMap((one) => one.shown.filter((other) => other.input === input).map((other) => ({ ...one, neighbour: other })))
  const { neighbour, inputDistances, logitDistances } = owners[0]!
  const words = html`l2 distance ${formatNumber(inputDistances[neighbour.place]!)}, logit distance ${formatNumber(logitDistances[neighbour.place]!)}`
  const position = findings.prediction(model, example)!.position
  return html`<div class="neighbour">
<div>${inputFigure({ shape, data: gallery.inputs[input]! }, results.dataset.range, example, `predicted ${className(neighbour.predicted, results.dataset.classNames)}`, 'Neighbour')}<p class="note">${words}</p></div>
<div class="maps">${owners.map(({ attributer, neighbour: { map } }) => {
    const before = rowOf(pictures.maps.get(model)?.get(attributer), position)
    const after = map === null ? undefined : gallery.maps[map]
    if (!layout || !after) return mapFigure(undefined, { attributer, model, example, target }, html``)
    const end = largestOf(before ? [before.data, after] : [after], layout)
    const about = { attributer, model, example, target, end }
    const difference = before && mapFigure({ shape, data: after.map((value, index) => value - before.data[index]!) }, { ...about, what: 'Difference between neighbour and input in the map', caption: 'difference' }, html``)
    return html`<div>${mapFigure({ shape, data: after }, { ...about, what: 'Map at a neighbour' }, html``)}${difference}</div>`
  })}</div>
</div>`
}

function marksBox({ results, pictures, findings, model, example, target }: Subject, gallery: Gallery): Html | undefined {
  const own = gallery.marks.filter((one) => one.model === model && one.example === example)
  if (own.length === 0) return undefined
  const input = rowOf(pictures.inputs, results.examples.findIndex(({ id }) => id === example))
  const metrics = [...groupBy(own, ({ metric }) => metric)]
  return html`<details class="near"><summary>Where ${listed(metrics.map(([metric]) => metric))} ${metrics.length === 1 ? 'looks' : 'look'}</summary>
<p class="note"><span class="key own"></span> the pixels that count in the map of the input, <span class="key window"></span> their windows,
<span class="key hit"></span> pixels of a neighbour’s map that lie in a window, <span class="key miss"></span> those that lie in none.</p>
${metrics.map(([metric, marks]) => html`<div class="marks"><h5>${metric}</h5><div class="maps">${marks.filter(({ attributer }) => findings.attributers.includes(attributer)).map((one) => marksFigure(one, input, results.dataset.range, `example ${example}, model ${model}, class ${target}`))}</div></div>`)}
</details>`
}
