import type { Results } from '@touchstone/evaluation'
import type { Findings } from '../findings.js'
import { counted, formatCount } from '../numbers.js'
import { rowOf } from '../picture.js'
import { shownExamples } from './shown-examples.js'
import type { Pictures } from './gallery.js'

/** What should be drawn and is not there, in sentences. */
export function missingPictures({ examples }: Results, findings: Findings, { inputs, maps }: Pictures): readonly string[] {
  const missing: string[] = []
  if (!inputs) missing.push('the inputs: none were given')
  else if (examples.length > 0 && !rowOf(inputs, Math.min(examples.length, shownExamples) - 1)) missing.push(`inputs: ${counted(whole(inputs), 'row')} for ${counted(examples.length, 'example')}`)
  if (maps.size === 0) return [...missing, 'the maps: none were given']
  for (const model of findings.models) {
    const ofModel = maps.get(model)
    const expected = findings.evaluated(model)
    if (!ofModel) {
      missing.push(`all maps of model ${model}`)
      continue
    }
    for (const attributer of findings.attributers) {
      const rows = ofModel.get(attributer)
      if (!rows) missing.push(`the maps of ${attributer} on model ${model}`)
      else if (expected > 0 && !rowOf(rows, Math.min(expected, shownExamples) - 1)) missing.push(`maps of ${attributer} on model ${model}: ${formatCount(whole(rows))} of ${formatCount(expected)} are there`)
    }
  }
  return missing
}

/** How many rows are there in full. */
function whole(rows: { readonly shape: readonly number[]; readonly data: Float32Array }): number {
  const size = rows.shape.slice(1).reduce((product, length) => product * length, 1)
  return Math.min(rows.shape[0] ?? 0, size === 0 ? 0 : Math.floor(rows.data.length / size))
}
