/** A chart of a report: a Vega-Lite specification, and what is read out in its place. */
export interface ReportChart {
  /** A name for files, as in `osr-dots`. */
  readonly name: string
  readonly title: string
  /** What is to be seen, for who does not see it. */
  readonly description: string
  readonly vegaLite: Readonly<Record<string, unknown>>
}

/** How far the drawn part of a chart reaches, in CSS pixels: with its labels it fits on a phone. */
export const plotWidth = 210

/** A column of JSON data for a specification. */
export const valuesOf = (values: readonly object[]) => ({ values })

/** How a chart tells methods or models apart: a colour, and never colour alone. */
export const tones = ['--c0', '--c1', '--c2', '--c3', '--c4', '--c5', '--c6', '--c7', '--c8', '--c9'] as const

/** A scale that gives every label the same colour in every chart. */
export function colourScale(labels: readonly string[]) {
  return { domain: labels, range: labels.map((_, index) => `var(${tones[index % tones.length]!})`) }
}

/** A scale of shapes for the same labels. */
export function shapeScale(labels: readonly string[]) {
  const shapes = ['circle', 'diamond', 'square', 'triangle-up', 'cross', 'triangle-down']
  return { domain: labels, range: labels.map((_, index) => shapes[index % shapes.length]!) }
}

/** A scale of dashes for the same labels: what shares a colour has another dash. */
export function dashScale(labels: readonly string[]) {
  const dashes = [[1, 0], [5, 2], [2, 2], [7, 2, 2, 2]]
  return { domain: labels, range: labels.map((_, index) => dashes[Math.floor(index / tones.length) % dashes.length]!) }
}

/** What an axis of means says. */
export function axisTitle(direction: 'lower' | 'higher' | undefined): string {
  return direction === undefined ? 'mean' : `mean, ${direction === 'lower' ? '↓ lower' : '↑ higher'} is better`
}
