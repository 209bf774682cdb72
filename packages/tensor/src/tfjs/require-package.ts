/** The little that is needed of Node's types in a package that also runs in browsers. */
interface NodeLike {
  readonly process: { readonly getBuiltinModule: (name: 'node:module') => { readonly createRequire: (from: string) => (name: string) => unknown } }
}

/**
 * A package of TensorFlow.js as CommonJS, which is what it is. Where Node imports it, it first looks through megabytes of code for the names of its exports, in every
 * process and thread: 0.7 s of processor time for what takes 0.15 s so. The modules beside this one name them; other runtimes import the package itself.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the type of what is required, which only the caller can name.
export function requirePackage<T>(name: string): T {
  const { createRequire } = (globalThis as unknown as NodeLike).process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)(name) as T
}
