import { isRecord, type ResolvedExtension } from './resolve.js'

/**
 * What an extension is, wherever it stands in a tree: its kind and name, the code behind it and its options; the preset that named it is not part of that.
 * Trees with equal identities do the same.
 *
 * @param codeOf tells the code behind an extension, as in its package and version.
 */
export function treeIdentity(tree: ResolvedExtension, codeOf: (tree: ResolvedExtension) => string): unknown {
  const { kind, use, options } = tree
  return { kind, use, code: codeOf(tree), options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, isTree(value) ? treeIdentity(value, codeOf) : value])) }
}

function isTree(value: unknown): value is ResolvedExtension {
  return isRecord(value) && 'use' in value && 'package' in value && 'options' in value
}
