import { Base, Host, Logger, type Extensions, type Kind, type Plugin, type ResolvedExtension, type Scope } from '@touchstone/core'
import { expect } from 'vitest'

/** The plugin under test, or a list of it and those whose extensions its options and presets name. */
export type Plugins = Plugin | readonly Plugin[]

/** A contract asks for much at once: a busy machine gets the time for it, where a project leaves vitest its five seconds. */
export const patience = { timeout: 120_000 }

/** An extension made as an evaluation makes it: options checked, defaults filled in, services given. */
export interface Opened<K extends Kind> {
  readonly host: Host
  readonly scope: Scope
  readonly resolved: ResolvedExtension
  readonly instance: Extensions[K]
}

const listOf = (plugins: Plugins): readonly Plugin[] => ('extensions' in plugins ? [plugins] : plugins)

/** @throws Error with what is wrong with the options. */
export async function open<K extends Kind>(plugins: Plugins, kind: K, name: string, options: Readonly<Record<string, unknown>> = {}, baseFolder = '.'): Promise<Opened<K>> {
  const host = new Host(listOf(plugins))
  const resolver = host.resolver()
  const resolved = resolver.resolve(kind, { use: name, options }, [])
  if (!resolved) throw new Error(resolver.problems.map(({ message }) => message).join('; '))
  const silent = (): undefined => undefined
  const scope = host.open([
    { token: Base, value: { path: baseFolder } },
    { token: Logger, value: { info: silent, warn: silent } },
  ])
  return { host, scope, resolved, instance: await scope.create({ ...resolved, kind }) }
}

/** Expects all that lists, documentation and estimates are made of. */
export function expectMetadata(plugins: Plugins, kind: Kind, name: string, { cited, costed }: { readonly cited?: boolean; readonly costed?: boolean } = {}): void {
  const host = new Host(listOf(plugins))
  const extension = host.registry.extension(kind, name)?.value
  expect(extension, `${kind} "${name}" is one of the plugin's extensions`).toBeDefined()
  expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  expect(extension!.summary, 'has a summary: one line that says what it is').not.toBe('')
  if (cited) expect(extension!.citation, 'cites its source: authors, title, year, equation').toBeTruthy()
  if (costed) expect(extension, 'declares its cost in model rows').toHaveProperty('cost')
  for (const [option, { summary }] of Object.entries(extension!.options)) expect(summary, `option ${option} has a summary`).not.toBe('')
}
