import { tones } from './chart.js'

/** The colours of a theme: of ten lines, then of text, softer text, lines, paper and panels. */
const light: Readonly<Record<string, string>> = {
  '--c0': '#1f5ca3', '--c1': '#b3541e', '--c2': '#2b7a4b', '--c3': '#8a3f8f', '--c4': '#5a6169',
  '--c5': '#0f7f8c', '--c6': '#a3271c', '--c7': '#6d6a12', '--c8': '#4b4fb0', '--c9': '#99435f',
  '--ink': '#1f2327', '--soft': '#5a6169', '--line': '#dddeda', '--paper': '#fdfdfc', '--panel': '#f4f4f1',
}
const dark: Readonly<Record<string, string>> = {
  '--c0': '#85b7ee', '--c1': '#f0a070', '--c2': '#7fc99a', '--c3': '#d29bd8', '--c4': '#b4bac0',
  '--c5': '#6cc8d4', '--c6': '#f0938a', '--c7': '#cfca66', '--c8': '#a9acf2', '--c9': '#e59ab2',
  '--ink': '#e5e6e7', '--soft': '#a5adb5', '--line': '#363c42', '--paper': '#16191c', '--panel': '#1e2226',
}

/** The themes as CSS declarations. */
export const themes = { light: declarations(light), dark: declarations(dark) }

function declarations(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours).map(([name, colour]) => `${name}: ${colour};`).join(' ')
}

/** What charts look like where they do not say it themselves. Colours are names, which the page gives a light and a dark meaning. */
export const chartConfig = {
  aria: false,
  background: null,
  font: 'inherit',
  padding: 4,
  view: { stroke: null },
  title: { anchor: 'start', color: 'var(--ink)', fontSize: 13, fontWeight: 650, subtitleColor: 'var(--soft)', subtitleFontSize: 11.5, subtitlePadding: 4, offset: 10, limit: 320 },
  axis: { labelColor: 'var(--soft)', titleColor: 'var(--soft)', gridColor: 'var(--line)', domainColor: 'var(--line)', tickColor: 'var(--line)', labelFontSize: 11, titleFontSize: 11, titleFontWeight: 400, labelLimit: 190, titleLimit: 320, tickCount: 4, titlePadding: 6 },
  axisY: { labelPadding: 6 },
  legend: { labelColor: 'var(--soft)', titleColor: 'var(--soft)', labelFontSize: 11, titleFontSize: 11, titleFontWeight: 400, orient: 'bottom', title: null, labelLimit: 190, columns: 2, symbolStrokeWidth: 2 },
  range: { category: tones.map((tone) => `var(${tone})`) },
  text: { color: 'var(--ink)' },
  rule: { color: 'var(--c0)' },
  bar: { color: 'var(--c0)' },
  line: { color: 'var(--c0)' },
  point: { color: 'var(--c0)' },
} as const

/** A chart that stands alone: colours and font are written out, as for paper. */
export function standAlone(svg: string): string {
  return svg
    .replace(/var\((--\w+)\)/g, (whole, name: string) => light[name] ?? whole)
    .replaceAll('font-family="inherit"', 'font-family="Helvetica, Arial, Liberation Sans, sans-serif"')
}
