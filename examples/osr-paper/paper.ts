/*
 * Evaluates what the paper evaluates, part by part, judges its claims, and draws its figures. What was computed is kept: the same command goes on.
 *
 *   npm run paper -- --data FOLDER [--quick] [--plan [--pilot]] [--backend NAME] [--out FOLDER] [part ...]
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claimsTable } from '../papers/judgement.js'
import { runParts } from '../papers/run-parts.js'
import { judge } from './claims.js'
import { figure } from './figure.js'
import { parts } from './parts.js'

const { out, results } = await runParts({
  folder: import.meta.dirname,
  parts,
  quick: ['mnist'],
  leastModels: ({ models }) => Object.keys(models).length,
  environment: (part, { data, quick }) => ({ OSR_PART: part, OSR_DATA: data, ...(quick && { OSR_QUICK: '1' }) }),
})
const inFigures = ['OSR', 'OSR, raw', 'OSR, printed', 'OSR by ranks', 'sensitivity, raw', 'sensitivity by ranks', 'Robustness-S_r', 'fidelity']
for (const [name, one] of results) await writeFile(join(out, `${name}.svg`), figure(`${name}, ${one.examples.length} inputs: the best above`, one, inFigures.filter((metric) => metric in one.metrics)))
if (results.size > 0) {
  const table = claimsTable([...results].flatMap(([name, one]) => judge(name, one)))
  await writeFile(join(out, 'claims.md'), table)
  console.log(table)
  console.error(`in ${out}: claims.md, a figure per part, and the results and report of each`)
}
