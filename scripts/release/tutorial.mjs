// docs/first-evaluation.md, its commands as they stand there, in an empty project on each version of Node. No package may run anything when it is installed.
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodes } from './node.mjs'
import { root, run, Unfit } from './tools.mjs'

const page = join('docs', 'first-evaluation.md')

/** Leaves the `project` of the last version behind, for others to go on with. */
export async function tutorial(context) {
  const { work, registry } = context
  const commands = commandsOf(readFileSync(join(root, page), 'utf8'))
  const told = []
  for (const { name, path, missing } of await nodes(work)) {
    if (missing) {
      told.push(`${name} SKIPPED, since the registry of npm does not give it`)
      continue
    }
    const project = join(work, `tutorial-${name.replace(' ', '-').toLowerCase()}`)
    mkdirSync(project)
    // What the page calls your model.
    cpSync(join(root, 'examples', 'quickstart', 'models', 'well'), join(project, 'model'), { recursive: true })
    for (const command of commands) {
      const [first, ...rest] = command.split(/\s+/)
      await run(first, rest, { cwd: project, env: { ...registry, PATH: path, npm_config_ignore_scripts: 'true', npm_config_fund: 'false', npm_config_audit: 'false' } })
    }
    const { summary } = JSON.parse(readFileSync(join(project, 'touchstone-run', 'results.json'), 'utf8'))
    if (summary.length === 0 || summary.some(({ mean }) => mean === null)) throw new Unfit(`${name}: the evaluation of ${page} gave no scores\n${JSON.stringify(summary)}`)
    if (!existsSync(join(project, 'touchstone-run', 'report.html'))) throw new Unfit(`${name}: the evaluation of ${page} wrote no report`)
    told.push(name)
    context.project = project
  }
  return `${commands.length} commands of ${page} on ${told.join(', ')}`
}

/** Commands in the order of the page: those of its sh blocks, and those in the text that begin with npx. */
function commandsOf(markdown) {
  const commands = [...markdown.matchAll(/```sh\n([^]*?)```|`(npx [^`]+)`/g)].flatMap(([, block, inline]) => (block ?? inline).split('\n').map((line) => line.trim())).filter(Boolean)
  if (!commands.some((command) => command.startsWith('npm i ')) || !commands.some((command) => command.startsWith('npx touchstone run '))) throw new Unfit(`${page} has no commands that install and run Touchstone:\n${commands.join('\n')}`)
  return commands
}
