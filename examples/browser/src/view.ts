import type { Neighbour, Result } from '@touchstone/core'
import { gradient } from '@touchstone/report'
import { comparisons, methods, scores } from './catalogue.js'
import { element } from './element.js'
import { accepted, type Findings } from './findings.js'
import { inputCanvas, mapCanvas, marksOf, near, type Marks, type Shape } from './pictures.js'
import { compare } from './robustness.js'
import type { Setting } from './setting.js'

/** How many neighbours are drawn; scores heed all. */
const drawn = 12

/** All that is shown of one input. */
export interface Shown {
  readonly setting: Setting
  readonly shape: Shape
  readonly input: Float32Array
  readonly range: readonly [number, number]
  readonly marks: Marks
  readonly findings: Findings
}

/** The classes, most likely first, with their probability. */
export function predictionView({ prediction }: Findings): Node {
  if (!prediction) return element('p', { class: 'soft' }, '...')
  const { outputs } = prediction
  const top = outputs.reduce((most, value) => Math.max(most, value), -Infinity)
  const weights = Array.from(outputs, (value) => Math.exp(value - top))
  const sum = weights.reduce((a, b) => a + b, 0)
  const likely = weights.map((weight, index) => ({ index, share: weight / sum })).sort((a, b) => b.share - a.share).slice(0, 5)
  return element('dl', { class: 'answer' }, ...likely.map(({ index, share }) => element('div', {}, element('dt', {}, String(index)), bar(share), element('dd', {}, `${(100 * share).toFixed(1)} %`))))
}

function bar(share: number): HTMLElement {
  const filled = element('i')
  filled.style.width = `${100 * share}%`
  return element('span', { class: 'bar', 'aria-hidden': 'true' }, filled)
}

/** Methods by scores; what is not there yet is a dot. */
export async function tableView({ setting, shape, findings }: Shown): Promise<Node> {
  if (setting.methods.length === 0) return element('p', { class: 'soft' }, 'Choose a method.')
  const columns = [
    ...setting.comparisons.map((name) => ({ name, label: comparisons[name]!.label, hint: comparisons[name]!.hint, higher: comparisons[name]!.relative === undefined, robustness: true })),
    ...setting.scores.map((name) => ({ name, label: scores[name]!.label, hint: scores[name]!.hint, higher: name !== 'deletion', robustness: false })),
  ]
  const results = await Promise.all(
    setting.methods.map(async (method) => {
      const found = findings.methods.get(method)
      const neighbours = accepted(found?.neighbours ?? findings.neighbours)
      return Promise.all(
        columns.map(async ({ name, robustness }): Promise<Result | undefined> => {
          if (!robustness) return found?.scores.get(name)
          return found?.map && found.maps ? compare(name, { shape, map: found.map, neighbours, maps: found.maps }, setting) : undefined
        }),
      )
    }),
  )
  const best = columns.map(({ higher }, column) => {
    const values = results.flatMap((row) => row[column]?.value ?? [])
    return values.length < 2 ? undefined : higher ? Math.max(...values) : Math.min(...values)
  })
  const head = columns.map(({ label, hint, higher }) => element('th', { scope: 'col', title: hint }, label, element('small', {}, higher ? 'higher is better' : 'lower is better')))
  const rows = setting.methods.map((method, row) =>
    element('tr', {}, element('th', { scope: 'row' }, methods[method]!.label), ...results[row]!.map((result, column) => {
      if (result === undefined) return element('td', { class: 'soft' }, '·')
      if (result.value === undefined) return element('td', { class: 'soft', title: result.reason }, 'undefined')
      return element('td', result.value === best[column] ? { class: 'best' } : {}, result.value.toFixed(3))
    })),
  )
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Scores of methods' }, element('table', {}, element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Method'), ...head)), element('tbody', {}, ...rows)))
}

/** The input and its neighbours, and below them each method's maps. */
export function mapsView({ setting, shape, input, range, marks, findings }: Shown): Node {
  const parts: Node[] = []
  const scale = element('i')
  scale.style.background = gradient()
  parts.push(
    element(
      'p',
      { class: 'scale' },
      element('span', {}, 'against the class', scale, 'for it; each map by its own largest value'),
      ...(marks === 'none' ? [] : [element('span', {}, dot('#17803d'), 'marked, near a mark of the first map'), element('span', {}, dot('#d97706'), 'marked, far from all of them')]),
    ),
  )
  const all = findings.neighbours
  parts.push(strip(figure(inputCanvas(input, shape, range, 'the input'), 'Input', ''), all === undefined ? [] : accepted(all).slice(0, drawn).map(neighbourFigure), countText(all)))
  for (const method of setting.methods) {
    const found = findings.methods.get(method)
    if (!found?.map) continue
    const { label } = methods[method]!
    const own = marksOf(found.map, shape, marks, setting.k, setting.w)
    const { canvas, limit } = mapCanvas(found.map, shape, `map of ${label}`, { pixels: own })
    if (found.neighbours) parts.push(strip(element('span'), accepted(found.neighbours).slice(0, drawn).map(neighbourFigure), `under attack, ${countText(found.neighbours)}`))
    const maps = (found.maps ?? []).slice(0, drawn).map((map, index) => {
      const pixels = marksOf(map, shape, marks, setting.k, setting.w)
      const kept = near(pixels, own, shape, setting.w)
      const share = kept.filter(Boolean).length / Math.max(1, kept.length)
      return figure(mapCanvas(map, shape, `map of ${label}, neighbour ${index + 1}`, { pixels, kept }).canvas, '', marks === 'none' ? '' : `${Math.round(100 * share)} % near`)
    })
    parts.push(strip(figure(canvas, label, `±${limit.toPrecision(2)}`), maps, found.maps?.length === 0 ? 'no neighbour was accepted' : ''))
  }
  return element('div', {}, ...parts)

  function neighbourFigure(neighbour: Neighbour): HTMLElement {
    return figure(inputCanvas(neighbour.input, shape, range, 'a neighbour'), '', `logit ${(-neighbour.logitDistance).toFixed(1).replace('-', '−').replace(/^(?=\d)/, '+')}`)
  }
}

function countText(neighbours: readonly Neighbour[] | undefined): string {
  if (!neighbours) return ''
  const reasons = new Map<string, number>()
  for (const { rejected } of neighbours) if (rejected !== undefined) reasons.set(rejected, (reasons.get(rejected) ?? 0) + 1)
  return `${accepted(neighbours).length} of ${neighbours.length} neighbours accepted${[...reasons].map(([reason, count]) => `; ${reason}: ${count}`).join('')}`
}

function strip(first: Node, others: readonly Node[], note: string): HTMLElement {
  return element('div', { class: 'strip' }, element('div', {}, first), element('div', {}, element('div', { class: 'neighbours', tabindex: '0', role: 'group', 'aria-label': 'neighbours' }, ...others), ...(note === '' ? [] : [element('p', { class: 'hint' }, note)])))
}

function figure(canvas: HTMLCanvasElement, title: string, text: string): HTMLElement {
  return element('figure', {}, canvas, element('figcaption', {}, ...(title === '' ? [] : [element('b', {}, title)]), text))
}

function dot(colour: string): HTMLElement {
  const made = element('i', { class: 'dot' })
  made.style.background = colour
  return made
}
