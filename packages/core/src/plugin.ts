import type { Extension, Preset, ServiceTokens, ServicesOf } from './extension.js'
import type { Token } from './token.js'

/** The version of the contract between core and plugins. */
export const pluginApi = 1

/** A service that a plugin offers to every extension that asks for its token. One instance per evaluation. */
export interface ServiceProvider<T = unknown, S extends ServiceTokens = ServiceTokens> {
  readonly token: Token<T>
  /** The services it needs itself. */
  readonly services: S
  create(services: ServicesOf<S>): T | Promise<T>
}

/** Types a service provider. */
export function provide<T, S extends ServiceTokens = Record<never, never>>(
  token: Token<T>,
  create: (services: ServicesOf<S>) => T | Promise<T>,
  services: S = {} as S,
): ServiceProvider<T, S> {
  return { token, services, create }
}

/** A plugin: a plain object, so that it works across copies of this package. */
export interface Plugin {
  readonly api: typeof pluginApi
  /** The package's name. */
  readonly name: string
  /** The package's version; filled in from its package.json where a plugin is loaded by name. */
  readonly version?: string
  /** A hash of all code that it runs; filled in where a plugin is loaded by name. What it computes is kept for as long as that stays the same. */
  readonly build?: string
  readonly extensions: readonly Extension[]
  readonly presets: readonly Preset[]
  readonly services: readonly ServiceProvider[]
}

/** A plugin is what a package exports as default: `export default definePlugin({ name, extensions })`. */
export function definePlugin(plugin: {
  readonly name: string
  readonly version?: string
  readonly build?: string
  readonly extensions?: readonly Extension[]
  readonly presets?: readonly Preset[]
  readonly services?: readonly ServiceProvider[]
}): Plugin {
  return { extensions: [], presets: [], services: [], ...plugin, api: pluginApi }
}

/** What is wrong with something that should be a plugin, in a few words; undefined for a plugin. */
export function pluginFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it has no default export made by definePlugin()'
  const { api, name, extensions, presets, services } = value as Partial<Record<keyof Plugin, unknown>>
  const isObject = (item: unknown): item is Readonly<Record<string, unknown>> => typeof item === 'object' && item !== null
  if (typeof name !== 'string' || api === undefined) return 'its default export was not made by definePlugin()'
  if (api !== pluginApi) {
    const isNewer = typeof api === 'number' && api > pluginApi
    return `it is made for plugin API ${JSON.stringify(api)}, this is API ${pluginApi}: ${isNewer ? 'install newer @touchstone packages, or an older version of it' : 'install a newer version of it'}`
  }
  if (!Array.isArray(extensions) || !Array.isArray(presets) || !Array.isArray(services)) return 'its extensions, presets and services must be lists'
  const named = (item: unknown): item is Readonly<Record<string, unknown>> => isObject(item) && typeof item.kind === 'string' && typeof item.name === 'string' && typeof item.summary === 'string'
  if (!extensions.every((item: unknown) => named(item) && isObject(item.traits) && isObject(item.options) && isObject(item.services) && typeof item.create === 'function'))
    return 'each of its extensions must be made by defineExtension(): a kind, a name, a summary, traits, options, services and a create function'
  if (!presets.every((item: unknown) => named(item) && typeof item.use === 'string' && isObject(item.options))) return 'each of its presets needs a kind, a name, a summary, the name it stands for and options'
  if (!services.every((item: unknown) => isObject(item) && isObject(item.token) && typeof item.token.key === 'symbol' && isObject(item.services) && typeof item.create === 'function'))
    return 'each of its services must be made by provide()'
  return undefined
}
