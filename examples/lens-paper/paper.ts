/*
 * Evaluates what the paper evaluates, part by part, and judges its claims. What was computed is kept: the same command goes on.
 *
 *   npm run paper -- --data FOLDER [--quick] [--plan [--pilot]] [--backend NAME] [--out FOLDER] [part ...]
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claimsTable } from '../papers/judgement.js'
import { runParts } from '../papers/run-parts.js'
import { budgets } from './budgets.js'
import { beyond, judge, shrinks } from './claims.js'
import { figure } from './figure.js'
import { attackers, curveParts, parts } from './parts.js'
import { table } from './table.js'

const { out, results } = await runParts({
  folder: import.meta.dirname,
  parts,
  quick: ['mnist'],
  leastModels: ({ models }) => Math.min(2, Object.keys(models).length),
  environment: (part, { data, quick, models }) => ({ LENS_PART: part, LENS_DATA: data, LENS_MODELS: models.join(), ...(quick && { LENS_QUICK: '1' }) }),
})
if (results.size > 0) {
  const large = ['gtsrb', 'cifar10', 'flower'].flatMap((name) => (results.has(name) ? [[name, results.get(name)!] as const] : []))
  const small = results.get('mnist')
  // What the curves show is judged on more inputs by the other parts.
  const tabled = [...results].filter(([name]) => !curveParts.includes(name))
  const judgements = [...tabled.flatMap(([name, one]) => judge(name, one)), ...(small ? large.flatMap((one) => shrinks(['mnist', small], one)) : []), ...beyond]
  await writeFile(join(out, 'claims.md'), claimsTable(judgements))
  const networks = new Set([...results].flatMap(([name, one]) => Object.keys(one.models).map((model) => parts[name]!.models[model]!)))
  await writeFile(join(out, 'table.md'), [`## networks\n\n${budgets([...networks])}`, ...tabled.map(([name, one]) => `## ${name}\n\n${table(one)}`)].join('\n'))
  const points = curveParts.flatMap((name) => (results.has(name) ? [{ epsilon: parts[name]!.attacks.epsilon, results: results.get(name)! }] : []))
  const drawings = points.length > 0 ? attackers.map((attacker) => ({ attacker, name: attacker === 'top-k attack' ? 'curves.svg' : 'sharp-curves.svg' })) : []
  for (const { attacker, name } of drawings) await writeFile(join(out, name), figure(points, attacker, parts[curveParts[0]!]!.attacks.compared))
  console.log(claimsTable(judgements))
  console.error(`in ${out}: claims.md, table.md, ${drawings.map(({ name }) => `${name}, `).join('')}and the results and report of each part`)
}
