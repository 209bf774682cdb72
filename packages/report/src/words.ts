import type { Direction, ResolvedExtension } from '@touchstone/core'
import { html, type Html } from './html.js'

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`
}

/** A class by its number, with its name where it has one that says more. */
export function className(index: number, names: readonly string[] | null): string {
  const name = names?.[index]
  return name === undefined || name === String(index) ? String(index) : `${index} (${name})`
}

/** Which values are good, as a sentence begins. */
export function directionWords(direction: Direction | undefined): string {
  return direction === undefined ? 'no direction is known' : `${direction} is better`
}

/** The same as an arrow, read out in words. */
export function directionArrow(direction: Direction | undefined): Html | undefined {
  if (direction === undefined) return undefined
  return html` <span class="arrow" aria-hidden="true">${direction === 'lower' ? '↓' : '↑'}</span><span class="aside">(${directionWords(direction)})</span>`
}

/** What an extension is and where it comes from: `osr, a preset of robustness, from @touchstone/osr-gan 1.0.0`. */
export function extensionWords(extension: ResolvedExtension): Html {
  const { use, preset, package: from, version } = extension
  if (isGiven(extension)) return html`given in code`
  const name = preset === undefined ? html`<code>${use}</code>` : html`<code>${preset}</code>, a preset of <code>${use}</code>`
  return html`${name}, from ${from}${version === undefined ? '' : ` ${version}`}`
}

/** The dataset by name, as in `... on mnist`. */
export function datasetName(dataset: ResolvedExtension): string {
  return isGiven(dataset) ? 'a dataset given in code' : dataset.use
}

/** An instance that was handed over as it is, so that no plugin and no options stand behind it. */
function isGiven({ use, package: from }: ResolvedExtension): boolean {
  return use === 'given' && from === 'code'
}
