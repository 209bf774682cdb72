import { recipes } from '../zoo/recipes.js'

interface Budget {
  readonly steps: string
  readonly batch: number
  /** Steps of the attack that training resists. */
  readonly attackSteps?: number
  /** Points of integrated gradients in the loss, and in the attack. */
  readonly points?: string
}

/** What the published code spends, by data set: batches of natural training and of the others, their size, steps of the attack, points of the path. */
const published: Readonly<Record<string, { readonly natural: string; readonly other: string; readonly batch: number; readonly attackSteps: number; readonly points: string }>> = {
  mnist: { natural: '25,000', other: '100,000', batch: 50, attackSteps: 40, points: '50, 10' },
  'fashion-mnist': { natural: '25,000', other: '100,000', batch: 50, attackSteps: 20, points: '50, 10' },
  gtsrb: { natural: '70,001', other: '70,001', batch: 64, attackSteps: 7, points: '50, 5' },
  flower: { natural: '70,001', other: '70,001', batch: 16, attackSteps: 7, points: '50, 5' },
}

/** What the networks of a part were trained with here, and in the published code, as Markdown. */
export function budgets(networks: readonly string[]): string {
  const lines = networks.map((name) => {
    const recipe = recipes[name]
    if (!recipe) return `| \`${name}\` | not trained here | - | - | - | - |`
    const { data, trainer } = recipe
    const { use, options } = trainer as { readonly use: string; readonly options: { readonly steps: number; readonly batch: number; readonly attackSteps?: number; readonly points?: number; readonly attackPoints?: number } }
    const { steps, batch, attackSteps, points, attackPoints } = options
    const here: Budget = { steps: steps.toLocaleString('en'), batch, ...(attackSteps !== undefined && { attackSteps }), ...(points !== undefined && { points: `${points}, ${attackPoints!}` }) }
    const theirs = published[data]
    const there: Budget | undefined = theirs && { steps: use === 'natural' ? theirs.natural : theirs.other, batch: theirs.batch, ...(use !== 'natural' && { attackSteps: theirs.attackSteps }), ...(points !== undefined && { points: theirs.points }) }
    const cell = (of: (budget: Budget) => string | number | undefined): string => `${of(here) ?? '-'} (${there ? (of(there) ?? '-') : 'not in the paper'})`
    return `| \`${name}\` | \`${use}\` | ${cell((one) => one.steps)} | ${cell((one) => one.batch)} | ${cell((one) => one.attackSteps)} | ${cell((one) => one.points)} |`
  })
  return ['| network | training | batches, here (published code) | of | steps of the attack | points of integrated gradients in the loss, in its attack |', '|---|---|---|---|---|---|', ...lines, ''].join('\n')
}
