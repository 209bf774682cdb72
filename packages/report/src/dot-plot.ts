import { html, type Html } from './html.js'
import { formatNumber } from './numbers.js'

/** The range of numbers that every dot plot of a metric shares, with round numbers on it. */
export interface Scale {
  readonly low: number
  readonly high: number
  /** Ascending, from `low` to `high`. */
  readonly ticks: readonly number[]
  /** The distance between them: 1, 2 or 5 times a power of ten. */
  readonly step: number
}

const width = 240
const height = 24
const margin = 18

/** A scale that holds all values. Zero joins where it is no further away than the values are spread. */
export function scaleOf(values: readonly number[]): Scale {
  let low = values.length > 0 ? Math.min(...values) : 0
  let high = values.length > 0 ? Math.max(...values) : 1
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (high - low <= size * 1e-9 || size < 1e-300) {
    const room = size < 1e-300 ? 1 : size / 10
    low -= room
    high += room
  }
  const spread = high - low
  if (low > 0 && low <= spread) low = 0
  if (high < 0 && -high <= spread) high = 0
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)]
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step)
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks, step }
}

/** The scale's numbers, for the head of a column of dot plots; only the outer two where all of them would touch. */
export function axis(scale: Scale): Html {
  const labels = tickLabels(scale)
  const last = labels.length - 1
  const widths = labels.map((label) => label.length * 6.5)
  const fit = widths.every((labelWidth) => labelWidth + 6 < (width - 2 * margin) / last && labelWidth <= 2 * margin)
  const middle = (tick: number, label: string) => html`<text x="${position(scale, tick)}" y="13" text-anchor="middle">${label}</text>`
  const outer = html`<text x="0" y="13">${labels[0]}</text><text x="${width}" y="13" text-anchor="end">${labels[last]}</text>`
  return plot(scale, fit ? labels.map((label, index) => middle(scale.ticks[index]!, label)) : [outer], 17)
}

/** One mean as a dot on its interval. The numbers stand beside it, so it is hidden from screen readers. */
export function dotPlot(scale: Scale, mean: number, low: number | null, high: number | null): Html {
  const middle = height / 2
  const interval =
    low === null || high === null
      ? undefined
      : html`<path class="interval" d="M${position(scale, low)} ${middle - 4}v8m0-4H${position(scale, high)}m0-4v8"/>`
  return plot(scale, [interval, html`<circle class="mean" cx="${position(scale, mean)}" cy="${middle}" r="4"/>`])
}

/** The grid alone, where there is no mean. */
export function emptyPlot(scale: Scale): Html {
  return plot(scale, [])
}

function plot(scale: Scale, marks: readonly (Html | undefined)[], gridTop = 0): Html {
  const grid = scale.ticks.map((tick) => `M${position(scale, tick)} ${gridTop}V${height}`).join('')
  return html`<svg class="plot" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true" focusable="false"><path class="grid" d="${grid}"/>${marks}</svg>`
}

function position(scale: Scale, value: number): number {
  return Math.round(100 * (margin + ((value - scale.low) / (scale.high - scale.low)) * (width - 2 * margin))) / 100
}

/** As many digits as tell the ticks apart. */
function tickLabels({ low, high, ticks, step }: Scale): readonly string[] {
  const exponent = (value: number) => Math.floor(Math.log10(Math.abs(value)) + 1e-9)
  const decimals = Math.max(0, -exponent(step))
  const plain = Math.max(-low, high) < 1e6 && decimals <= 4
  return ticks.map((tick) => {
    const rounded = Math.abs(tick) < step / 2 ? 0 : tick
    return plain ? rounded.toFixed(decimals).replace('-', '−') : formatNumber(rounded, Math.min(15, Math.max(1, 1 + exponent(rounded) - exponent(step))))
  })
}
