import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TemplateKind } from './kinds.js'

const templates = fileURLToPath(new URL('../templates', import.meta.url))

/** What an extension may be called. It is also the name of a file beside `index.ts`. */
const nameRule = /^(?!index$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** @throws Error that says what a name must be. */
export function checkName(name: string): void {
  if (nameRule.test(name)) return
  throw new Error(`"${name}" cannot be the name of an extension: it wants lower-case letters and digits with single hyphens between them, a letter first, as in my-method${name === 'index' ? '; and index.ts is another file of the package' : ''}`)
}

/**
 * Writes a package of five files into the folder `name` of `parent`: its tests fail until formula, metadata and a reference case are there.
 *
 * @returns the files, relative to the folder.
 * @throws Error where the name is not one, or the folder is there and not empty.
 */
export async function createPlugin(parent: string, name: string, kind: TemplateKind): Promise<readonly string[]> {
  checkName(name)
  const folder = join(parent, name)
  if ((await contentOf(folder)).length > 0) throw new Error(`${folder} is there and not empty: give another name, or remove what is in it`)
  const files = {
    // Not under its own name: npm and its checks would take it for a package inside this one.
    'package.json': 'package.template.json',
    'tsconfig.json': 'tsconfig.json',
    'src/index.ts': 'index.ts',
    [`src/${name}.ts`]: `${kind}/my-method.ts`,
    [`src/${name}.test.ts`]: `${kind}/my-method.test.ts`,
  }
  await mkdir(join(folder, 'src'), { recursive: true })
  for (const [file, template] of Object.entries(files)) {
    const text = await readFile(join(templates, template), 'utf8')
    await writeFile(join(folder, file), text.replaceAll('my-method', name).replaceAll('KIND', kind))
  }
  return Object.keys(files)
}

/** What stands in a folder; nothing where there is none. */
async function contentOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') throw new Error(`${folder} is there and not a folder: give another name`, { cause: error })
    throw error
  }
}
