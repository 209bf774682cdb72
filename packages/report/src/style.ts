import { themes } from './charts/theme.js'
import { gradient } from './colours.js'

const light = `--accent: #1f5ca3; --caution: #8a4700; --wrong: #a3271c; --right: #1d6b3c; ${themes.light}`
const dark = `--accent: #85b7ee; --caution: #e6ab66; --wrong: #f0938a; --right: #7fc99a; ${themes.dark}`

/** The page's whole style. On paper it is always light. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }

*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 68rem; padding: 3rem 2rem 5rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, h4, p, ul, figure, dl, dd { margin: 0; }
h1 { font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1.4rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; margin: 4rem 0 1rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; line-height: 1.4; font-weight: 650; margin-top: 2.5rem; }
h4 { font-size: 0.95rem; font-weight: 650; }
p, li { max-width: 46rem; }
p + p, ul + p, p + ul { margin-top: 0.75rem; }
main ul { padding-left: 1.2rem; }
li + li { margin-top: 0.6rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.86em; }

.brand { color: var(--soft); font-size: 0.85rem; letter-spacing: 0.02em; margin-bottom: 0.35rem; }
.statement { margin-top: 1.25rem; font-size: 1.05rem; }
nav ul { list-style: none; padding: 0; margin-top: 1.5rem; display: flex; flex-wrap: wrap; gap: 0.35rem 1.5rem; font-size: 0.95rem; }
nav li + li { margin: 0; }
.aside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.none { color: var(--soft); font-style: italic; }
.flag, .caution { color: var(--caution); }
.caution { margin-top: 0.75rem; padding-left: 0.9rem; border-left: 3px solid currentColor; max-width: 46rem; }
.caution li + li { margin-top: 0.1rem; }
.right { color: var(--right); }
.wrong { color: var(--wrong); }

.scroll { overflow-x: auto; position: relative; margin-top: 1rem; }
table { border-collapse: separate; border-spacing: 0; font-size: 0.92rem; line-height: 1.4; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
caption { text-align: left; padding-bottom: 0.6rem; }
th, td { text-align: left; font-weight: inherit; padding: 0.4rem 1.5rem 0.4rem 0; vertical-align: middle; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: 0.86rem; vertical-align: bottom; }
tbody th { background: var(--paper); position: sticky; left: 0; min-width: 7rem; max-width: 16rem; overflow-wrap: anywhere; }
caption > span { position: sticky; left: 0; display: inline-block; max-width: calc(100vw - 2rem); }
.number { text-align: right; white-space: nowrap; }
.mean, .rank { white-space: nowrap; }
.mean b { font-weight: 650; }
td .interval { color: var(--soft); }
.rank.best { font-weight: 650; color: var(--accent) !important; }
td .flag { font-size: 0.86rem; white-space: nowrap; }
.beside { display: flex; flex-wrap: wrap; gap: 0 4rem; }
.beside > * { min-width: 0; max-width: 100%; }

button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: left; }
.sortable button { display: none; font-size: 0.92rem; font-weight: 650; color: var(--ink); }
.scripted .sortable button { display: inline-block; }
.sortable th[aria-sort=ascending] button::after { content: ' ▲'; font-size: 0.7em; color: var(--accent); }
.sortable th[aria-sort=descending] button::after { content: ' ▼'; font-size: 0.7em; color: var(--accent); }
.sortable tbody th { vertical-align: top; }
.sortable td { vertical-align: top; min-width: 8.5rem; }
.score .mean, .score .interval, .score .flag { display: block; }
.score .interval { font-size: 0.86rem; white-space: nowrap; }
.score .rank { margin-left: 0.5rem; font-size: 0.8rem; color: var(--soft); }
ul.plain { list-style: none; padding: 0; }

.verdict { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1.5rem 2.5rem; margin: 2rem 0 2.25rem; }
.verdict h2 { font-size: 0.8rem; font-weight: 650; letter-spacing: 0.07em; text-transform: uppercase; color: var(--soft); margin: 0 0 0.5rem; padding: 0.75rem 0 0; border-top: 2px solid var(--ink); }
.verdict dl > div { margin-bottom: 0.7rem; }
.verdict dt { font-size: 0.86rem; color: var(--soft); }
.verdict strong { display: block; font-size: 1.35rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; }
.verdict .note, .verdict .soft, .verdict li, .verdict .none { font-size: 0.9rem; line-height: 1.45; }
.verdict ul { padding: 0; list-style: none; }
.note, .soft { color: var(--soft); }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem 2.5rem; margin-top: 1.1rem; }
.chart { max-width: 100%; width: fit-content; }
.chart figcaption { font-weight: 650; }
.chart svg { display: block; max-width: 100%; height: auto; font-variant-numeric: tabular-nums; }
.chart .note { font-size: 0.86rem; max-width: 22rem; }
.metric .lead { font-size: 0.92rem; margin-top: 0.6rem; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: baseline; border: 0; padding: 0; margin: 1.25rem 0 0; font-size: 0.92rem; }
.tools legend { float: left; padding: 0; margin-right: 1rem; font-weight: 650; }
html:not(.scripted) .tools, html:not(.scripted) [data-copy] { display: none; }
[data-copy] { border: 1px solid var(--line); border-radius: 4px; padding: 0.3rem 0.8rem; margin-top: 1rem; color: var(--accent); }
summary { cursor: pointer; width: fit-content; }
section > details { margin-top: 1.25rem; }
pre { background: var(--panel); padding: 1rem; margin: 0.75rem 0 0; max-height: 32rem; overflow: auto; line-height: 1.45; overflow-wrap: normal; border-radius: 4px; }

.metric > h3 + p { margin-top: 0.2rem; }
.example { margin-top: 2.5rem; padding-top: 0.25rem; border-top: 1px solid var(--line); }
.example h3 { margin-top: 1rem; }
.sides { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 1rem 2.5rem; margin-top: 0.75rem; }
.model + .model { margin-top: 1.75rem; }
.model p { font-size: 0.92rem; margin: 0; }
figure img { display: block; max-width: 100%; height: auto; outline: 1px solid var(--line); background: #fff; }
figure img.sharp { image-rendering: pixelated; }
figure img.strip { width: 100%; height: 2.5rem; }
figcaption { font-size: 0.86rem; line-height: 1.35; margin: 0.4rem 0; }
.map figcaption { font-weight: 650; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.5rem), 10.5rem)); gap: 1.25rem 1.5rem; margin-top: 0.5rem; }
.map { font-size: 0.82rem; line-height: 1.4; }
.map p.none { font-size: inherit; margin: 0.3rem 0; }
.map .blank, .input .blank { color: var(--soft); font-style: italic; font-size: 0.82rem; padding: 0.75rem; border: 1px dashed var(--line); margin: 0 0 0.4rem; }
.bar { margin: 0.45rem 0 0.5rem; }
.colours { height: 0.5rem; background: ${gradient()}; outline: 1px solid var(--line); print-color-adjust: exact; -webkit-print-color-adjust: exact; forced-color-adjust: none; }
.ends { display: grid; grid-template-columns: 1fr auto 1fr; font-size: 0.75rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.ends :last-child { text-align: right; }
.map dl { font-variant-numeric: tabular-nums; }
.map dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 0.6rem; padding: 0.1rem 0; }
.map dt { color: var(--soft); }

.near { margin-top: 1rem; }
.near > summary { font-size: 0.92rem; color: var(--accent); }
.near > summary strong { color: inherit; }
.near > .note { margin-top: 0.5rem; font-size: 0.86rem; }
.neighbour { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); gap: 1rem 1.5rem; margin-top: 1rem; padding-left: 1rem; border-left: 2px solid var(--line); }
.neighbour .input figcaption, .neighbour .note { font-size: 0.82rem; }
.neighbour .maps, .marks .maps { margin-top: 0; }
.neighbour .map + .map { margin-top: 0.75rem; }
h5 { font-size: 0.86rem; margin: 0.9rem 0 0.4rem; }
.marked { display: block; max-width: 100%; height: auto; background: #fff; outline: 1px solid var(--line); }
.marked image { image-rendering: pixelated; }
.marked .window { fill: #1f5ca3; fill-opacity: 0.22; }
.marked .own { fill: #1f5ca3; }
.marked .hit { fill: #ffd27a; }
.marked .miss { fill: #c8281a; }
.key { display: inline-block; width: 0.75em; height: 0.75em; outline: 1px solid var(--soft); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.key.own { background: #1f5ca3; } .key.window { background: #c9d8ea; } .key.hit { background: #ffd27a; } .key.miss { background: #c8281a; }
nav.pages ul { gap: 0.25rem 0.9rem; font-size: 0.86rem; margin-top: 0.75rem; font-variant-numeric: tabular-nums; max-height: 12rem; overflow-y: auto; }
.scale { font-size: 0.92rem; margin-top: 0.75rem; }

@media (max-width: 44rem) {
  .neighbour { grid-template-columns: minmax(0, 1fr); }
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  h2 { margin-top: 3rem; }
  .sides { grid-template-columns: minmax(0, 1fr); }
  .maps { column-gap: 1rem; }
  tbody th { max-width: 9rem; }
}

@media print {
  @page { margin: 15mm; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  nav, .tools, [data-copy] { display: none !important; }
  .chart, .verdict > div { break-inside: avoid; }
  h2, h3, h4, caption { break-after: avoid; }
  .scroll { overflow: visible; }
  tbody th { position: static; }
  .sides { display: flow-root; }
  .sides .input { float: left; width: 7.25rem; }
  .sides > div { margin-left: 8.75rem; }
  .maps { grid-template-columns: repeat(auto-fill, 7.25rem); gap: 1rem 0.75rem; }
  .map { font-size: 0.72rem; }
  .map, .neighbour .maps > div, .marks, tr, li, .input { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  pre { max-height: none; white-space: pre-wrap; }
}
`
