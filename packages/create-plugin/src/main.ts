import { parseArgs } from 'node:util'
import { openQuestions } from './ask.js'
import { checkName, createPlugin } from './create-plugin.js'
import { kindOf, kinds, type TemplateKind } from './kinds.js'

const usage = `npm create @touchstone/plugin [NAME] [-- --kind KIND]

Writes a Touchstone plugin into the folder NAME. It asks for what is not given. The kinds:
${listed()}`

/** What a command line says that cannot be: ends with 2, as of the touchstone command. */
const mistake = 2

try {
  await main()
} catch (error) {
  console.error(`create-plugin: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = mistake
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { kind: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
  if (values.help) return console.log(usage)
  if (positionals.length > 1) throw new Error(`one name is enough, found ${positionals.join(' ')}`)
  const given = { name: positionals[0], kind: values.kind && kindOf(values.kind) } as { readonly name?: string; readonly kind?: TemplateKind }
  if (given.name !== undefined) checkName(given.name)
  const { name, kind } = await complete(given)
  const files = await createPlugin(process.cwd(), name, kind)
  console.log(farewell(name, kind, files))
}

/** Asks for what was not given. */
async function complete({ name, kind }: { readonly name?: string; readonly kind?: TemplateKind }): Promise<{ readonly name: string; readonly kind: TemplateKind }> {
  if (name !== undefined && kind !== undefined) return { name, kind }
  using questions = openQuestions()
  const wanted = name ?? (await questions.ask('Name, as in my-method: '))
  if (wanted === undefined) throw new Error('no name was given: npm create @touchstone/plugin NAME')
  checkName(wanted)
  if (kind !== undefined) return { name: wanted, kind }
  const answer = await questions.ask(`What is ${wanted}?\n${listed()}\nKind, by name or number: `)
  if (!answer) throw new Error(`no kind was given: npm create @touchstone/plugin ${wanted} -- --kind KIND, one of ${Object.keys(kinds).join(', ')}`)
  return { name: wanted, kind: kindOf(answer) }
}

function listed(): string {
  return Object.entries(kinds).map(([kind, summary], index) => `  ${index + 1} ${kind.padEnd(12)}${summary}`).join('\n')
}

function farewell(name: string, kind: TemplateKind, files: readonly string[]): string {
  return `
touchstone-plugin-${name}, of kind ${kind}: ${files.length} files in ${name}
${files.map((file) => `  ${file}`).join('\n')}

Next:
  cd ${name}
  npm install
  npm test              says what is to be written: formula and metadata in src/${name}.ts, a case by hand in src/${name}.test.ts
  npm run build         once all tests pass
Then, in the project with your evaluation:
  npm install PATH/TO/${name}
  npx touchstone list   shows ${name}; 'touchstone-plugin-${name}' goes into the plugins of a config
  `.trim()
}
