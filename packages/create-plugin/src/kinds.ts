/** The kinds of extension for which there are templates, each with what it is in a few words. */
export const kinds = {
  attributer: 'an attribution method: how much each input value matters for a class',
  sampler: 'neighbours of an input',
  comparison: 'a metric of two maps: how alike they are',
  score: 'a metric of one map: how good it is, asked of the model',
  dataset: 'examples to evaluate on',
  model: 'a classifier, from whatever engine or file format',
  executor: 'where and in which order the jobs of an evaluation run',
  chart: 'a chart in the report of an evaluation',
} as const

export type TemplateKind = keyof typeof kinds

/**
 * The kind of this name, or of this place in the list counted from 1.
 * @throws Error that names the kinds which are meant, or all of them.
 */
export function kindOf(text: string): TemplateKind {
  const names = Object.keys(kinds) as TemplateKind[]
  const words = text.toLowerCase().split(/[^a-z0-9]+/)
  const kind = names.find((name, index) => [name, String(index + 1)].includes(words.join(' ')))
  if (kind) return kind
  const meant = names.filter((name) => words.some((word) => word.length > 2 && (kinds[name].includes(word) || shared(name, word) >= 2)))
  const list = (meant.length > 0 ? meant : names).map((name) => `  ${name.padEnd(12)}${kinds[name]}`).join('\n')
  throw new Error(`there is no kind "${text}"; ${meant.length > 0 ? 'perhaps you mean' : 'the kinds are'}\n${list}`)
}

/** How many letters two words have in common at their beginnings. */
function shared(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
