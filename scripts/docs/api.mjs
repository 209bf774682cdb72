// What every package exports, from its declarations and their TSDoc.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './pages.mjs'

/** A page per package that exports more than extensions: `{ title, name, text }`. */
export function apiPages() {
  const packages = ['packages', 'plugins'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => ({ folder: `${folder}/${name}`, ...JSON.parse(readFileSync(join(root, folder, name, 'package.json'), 'utf8')) })))
  const entries = packages.flatMap(({ folder, name, exports }) =>
    Object.entries(exports ?? {}).flatMap(([path, { types } = {}]) => (types !== undefined && existsSync(join(root, folder, types)) ? [{ folder, package: name, entry: path === '.' ? name : `${name}${path.slice(1)}`, file: join(root, folder, types) }] : [])),
  )
  const program = ts.createProgram(entries.map(({ file }) => file), { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, skipLibCheck: true, noResolve: false, types: [] })
  const checker = program.getTypeChecker()
  return packages.flatMap(({ name, description }) => {
    const parts = entries.filter((one) => one.package === name).flatMap(({ entry, file }) => {
      const symbol = checker.getSymbolAtLocation(program.getSourceFile(file))
      const exported = symbol ? checker.getExportsOfModule(symbol).flatMap((one) => described(one, checker)) : []
      return exported.length === 0 ? [] : [`## ${entry}\n\n${exported.sort((a, b) => a.name.localeCompare(b.name, 'en')).map(({ text }) => text).join('\n\n')}`]
    })
    return parts.length === 0 ? [] : [{ title: name, name: name.split('/')[1], text: `# ${name}: API\n\n${description ?? ''}. What it exports, from its TSDoc.\n\n${parts.join('\n\n')}\n` }]
  })
}

function described(exported, checker) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const declarations = (symbol.declarations ?? []).filter((one) => one.getSourceFile().fileName.startsWith(root) && !one.getSourceFile().fileName.includes('/node_modules/'))
  if (declarations.length === 0 || exported.name === 'default') return []
  // Extensions and presets have pages of their own.
  if (declarations.some((one) => ts.isVariableDeclaration(one) && /\b(Extension|Preset)</.test(one.type?.getText() ?? ''))) return []
  const code = declarations.map((one) => (ts.isVariableDeclaration(one) ? `const ${one.getText()}` : one.getText().replace(/^export (declare )?|^declare /, ''))).join('\n')
  const doc = plain(ts.displayPartsToString(symbol.getDocumentationComment(checker)))
  const tags = symbol.getJsDocTags(checker).map(({ name, text }) => `- ${{ param: 'parameter', returns: 'gives', throws: 'throws' }[name] ?? name}: ${plain(ts.displayPartsToString(text)).replace(/\n/g, ' ')}`)
  return [{ name: exported.name, text: [`### ${exported.name}`, doc, tags.join('\n'), `\`\`\`ts\n${code.length > 3000 ? `${code.slice(0, 3000)}\n// ...` : code}\n\`\`\``].filter(Boolean).join('\n\n') }]
}

const plain = (text) => text.replace(/\{@link ([^}]+)\}/g, '`$1`').trim()
