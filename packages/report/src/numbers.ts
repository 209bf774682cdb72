/** A number for people: three significant digits, a real minus sign, powers of ten only where they help. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return '0'
  const size = exponentOf(Number(value.toPrecision(digits)))
  return tidy(size < -4 || size >= 6 ? value.toExponential(digits - 1) : value.toFixed(Math.max(0, digits - 1 - size)))
}

/** A mean and the bounds of its interval with the same number of decimals: enough for two digits of the interval's width. */
export function formatMean(mean: number, low: number | null, high: number | null): { readonly mean: string; readonly interval: string | undefined } {
  if (low === null || high === null) return { mean: formatNumber(mean), interval: undefined }
  const largest = Math.max(Math.abs(mean), Math.abs(low), Math.abs(high))
  if (largest === 0) return { mean: '0', interval: '[0, 0]' }
  const size = exponentOf(largest)
  const digits = high > low ? Math.min(6, Math.max(3, 2 + size - exponentOf(high - low))) : 3
  const format = (value: number) => tidy(size < -4 || size >= 6 ? value.toExponential(digits - 1) : value.toFixed(Math.max(0, digits - 1 - size)))
  return { mean: format(mean), interval: `[${format(low)}, ${format(high)}]` }
}

/** A whole number with its thousands apart. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `3 examples`, `1 example`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Seconds, and beside two minutes or more also minutes and hours. */
export function formatSeconds(seconds: number): string {
  const plain = `${seconds < 10 ? formatNumber(seconds, 2) : formatCount(Math.round(seconds))} s`
  if (seconds < 120) return plain
  const minutes = Math.round(seconds / 60)
  return `${plain} (${minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`})`
}

function exponentOf(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)))
}

/** `-0.00` -> `0.00`, `-1.5e-7` -> `−1.5×10⁻⁷`. */
function tidy(text: string): string {
  const [number, exponent] = text.split('e') as [string, string?]
  const signed = /^-0(\.0*)?$/.test(number) ? number.slice(1) : number.replace('-', '−')
  return exponent === undefined ? signed : `${signed}×10${superscript(Number(exponent))}`
}

function superscript(exponent: number): string {
  return (exponent < 0 ? '⁻' : '') + String(Math.abs(exponent)).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.charAt(Number(digit)))
}
