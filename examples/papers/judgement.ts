import { NothingInCommon, type Estimate, type Scores } from './scores.js'

/** What a claim comes to: it holds, or does not, where the whole interval says so. `measured` stands beside what nobody claimed. */
export type Verdict = 'holds' | 'does not hold' | 'cannot tell' | 'measured'

export interface Judgement {
  readonly claim: string
  readonly data: string
  readonly theirs: string
  /** The number of inputs behind it. */
  readonly inputs?: number
  readonly ours: string
  readonly verdict: Verdict
}

/** With fewer inputs than this, intervals that resample them say little: the least that is told of anything. */
const fewest = 5

/** What a verdict comes to that so many inputs are behind. */
export const byInputs = (inputs: number, verdict: Verdict): Verdict => (inputs < fewest && verdict !== 'measured' ? 'cannot tell' : verdict)

/** A claim judged by scores; where no input has a value for all that is compared, or too few have, it cannot be told. */
export function judged(claim: string, data: string, theirs: string, scores: () => Scores, by: (scores: Scores) => { readonly ours: string; readonly verdict: Verdict }): Judgement {
  try {
    const found = scores()
    const { ours, verdict } = by(found)
    return { claim, data, theirs, inputs: found.inputs, ours, verdict: byInputs(found.inputs, verdict) }
  } catch (error) {
    if (error instanceof NothingInCommon) return { claim, data, theirs, inputs: 0, ours: error.message, verdict: 'cannot tell' }
    throw error
  }
}

/** Whether a number lies above a bound. */
export const above = ({ low, high }: Estimate, bound: number): Verdict => (low > bound ? 'holds' : high < bound ? 'does not hold' : 'cannot tell')
/** Whether it lies below. */
export const below = ({ low, high }: Estimate, bound: number): Verdict => (high < bound ? 'holds' : low > bound ? 'does not hold' : 'cannot tell')
/** Whether two orders are the same, by their tau. */
export const same = ({ value, high }: Estimate): Verdict => (value === 1 ? 'holds' : high < 1 ? 'does not hold' : 'cannot tell')

/** A number with its interval. */
export const shown = ({ value, low, high }: Estimate): string => `${value.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`

/** Judgements as a table of Markdown. */
export function claimsTable(judgements: readonly Judgement[]): string {
  return ['| claim | data, inputs | the paper | here, with 95 % intervals | |', '|---|---|---|---|---|', ...judgements.map(({ claim, data, inputs, theirs, ours, verdict }) => `| ${claim} | ${data}${inputs === undefined ? '' : `, ${inputs}`} | ${theirs} | ${ours} | ${verdict} |`), ''].join('\n')
}
