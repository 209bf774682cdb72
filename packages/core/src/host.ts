import { takeBack } from './reflection.js'
import { container as root, instancePerContainerCachingFactory, type DependencyContainer } from '#tsyringe'
import { UserError } from './errors.js'
import type { Cost, Extension, Extensions, Kind, ServiceTokens } from './extension.js'
import { instanceFault } from './instance-fault.js'
import { canonicalJson } from './hash.js'
import { isReference } from './options.js'
import { pluginFault, type Plugin } from './plugin.js'
import { Registry, type Registered } from './registry.js'
import { Engine, Memory } from './services.js'
import { startBackend, type BackendChoice } from './start-backend.js'
import { Resolver, type Labels, type ResolvedExtension } from './resolve.js'
import type { Token } from './token.js'
import { treeIdentity } from './tree-identity.js'

takeBack()

/** A service made by the caller rather than by a plugin. */
export interface ServiceValue<T = unknown> {
  readonly token: Token<T>
  readonly value: T
}

/**
 * Holds the loaded plugins: their services in a tsyringe container, their named extensions in a typed map beside it.
 * The only file that knows tsyringe. Nothing is global: each host has a container of its own, each evaluation a child of that.
 */
export class Host {
  readonly registry = new Registry()
  readonly plugins: readonly Plugin[]
  readonly #container: DependencyContainer = root.createChildContainer()
  readonly #open = new Set<Scope>()
  /** What each evaluation's container has made, to be disposed with it. */
  readonly #made = new WeakMap<DependencyContainer, unknown[]>()

  /** @throws UserError where something is not a plugin, or two plugins offer the same name or service. */
  constructor(plugins: readonly Plugin[]) {
    this.plugins = plugins
    const providers = new Map<symbol, string>()
    const faults = plugins.flatMap((plugin) => {
      const fault = pluginFault(plugin)
      return fault === undefined ? [] : `plugin ${String((plugin as Partial<Plugin> | null)?.name)}: ${fault}`
    })
    if (faults.length > 0) throw new UserError(faults.join('\n'))
    for (const plugin of plugins) {
      this.registry.add(plugin)
      for (const provider of plugin.services) {
        const other = providers.get(provider.token.key)
        if (other !== undefined) throw new UserError(`${plugin.name} offers the service ${provider.token.id}, but ${other} does so already: load one of the two`)
        providers.set(provider.token.key, plugin.name)
        this.#container.register(provider.token.key, {
          useFactory: instancePerContainerCachingFactory(async (container) => {
            const service = await provider.create(await injectAll(container, provider.services, plugin.name))
            this.#made.get(container)?.push(service)
            return service
          }),
        })
      }
    }
  }

  /** Checks references against the loaded plugins; nothing is made yet. */
  resolver(labels: Labels = {}): Resolver {
    return new Resolver(this.registry, labels)
  }

  /** What one use of a resolved extension costs, from its own declaration and those of the extensions in its options; undefined where it declares none. */
  cost(resolved: ResolvedExtension, inputShape?: readonly number[]): Cost | undefined {
    const extension = this.registry.extension(resolved.kind, resolved.use)?.value
    if (!extension?.cost) return undefined
    const options = Object.fromEntries(
      Object.entries(extension.options).map(([name, field]) => {
        const value = resolved.options[name]
        return [name, isReference(field) ? (this.cost(value as ResolvedExtension, inputShape) ?? { rows: 0 }) : value]
      }),
    )
    return extension.cost(options as Parameters<NonNullable<typeof extension.cost>>[0], inputShape)
  }

  /** What a resolved extension and those in its options need of a model, as they say in their traits. */
  needs(resolved: ResolvedExtension): readonly string[] {
    const extension = this.registry.extension(resolved.kind, resolved.use)?.value
    if (!extension) return []
    const inner = Object.entries(extension.options).flatMap(([name, field]) => (isReference(field) ? this.needs(resolved.options[name] as ResolvedExtension) : []))
    return [...new Set([...((extension.traits as { readonly needs?: readonly string[] }).needs ?? []), ...inner])]
  }

  /** What may be written of a resolved extension: values of options that are secret, its own and those of the extensions in its options, are replaced. */
  withoutSecrets(resolved: ResolvedExtension): ResolvedExtension {
    const fields = this.registry.extension(resolved.kind, resolved.use)?.value.options ?? {}
    const shown = Object.entries(resolved.options).map(([name, value]) => {
      const field = fields[name]
      if (field === undefined || value === undefined) return [name, value] as const
      if (isReference(field)) return [name, this.withoutSecrets(value as ResolvedExtension)] as const
      return [name, field.secret ? '(secret)' : value] as const
    })
    return { ...resolved, options: Object.fromEntries(shown) }
  }

  /**
   * A child container for one evaluation.
   * @param values services of the caller, such as the log.
   * @param backend what computes; started when something first asks for the engine.
   */
  open(values: readonly ServiceValue[] = [], backend: BackendChoice = 'auto'): Scope {
    const container = this.#container.createChildContainer()
    const made: unknown[] = []
    this.#made.set(container, made)
    const scope = openScope(this.registry, container, values, made, () => this.#open.delete(scope))
    if (this.registry.names('backend').length > 0) {
      const started = instancePerContainerCachingFactory(() => startBackend(backend, this.registry, scope))
      container.register(Engine.key, { useFactory: async () => (await started(container)).engine })
      container.register(Memory.key, { useFactory: async () => (await started(container)).memory })
    }
    this.#open.add(scope)
    return scope
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll([...this.#open])
    await this.#container.dispose()
  }
}

/** Where an instance comes from. */
export interface Origin extends Registered<Extension> {
  /** The options it was made with. */
  readonly resolved: ResolvedExtension
}

/** Makes a scope. Only hosts do, so the container stays out of the declared types. */
let openScope: (registry: Registry, container: DependencyContainer, values: readonly ServiceValue[], made: unknown[], closed: () => void) => Scope

/** One evaluation's services and instances, made by {@link Host.open}; all of them go when it ends. */
export class Scope {
  static {
    openScope = (...parts) => new Scope(...parts)
  }

  readonly #registry: Registry
  readonly #container: DependencyContainer
  readonly #closed: () => void
  readonly #instances = new Map<string, Promise<unknown>>()
  readonly #origins = new WeakMap<object, Origin>()
  /** Instances and services, in the order in which they were made. */
  readonly #made: unknown[]
  #disposed = false

  private constructor(registry: Registry, container: DependencyContainer, values: readonly ServiceValue[], made: unknown[], closed: () => void) {
    this.#made = made
    this.#registry = registry
    this.#container = container
    this.#closed = closed
    for (const { token, value } of values) container.registerInstance(token.key, value)
  }

  /** The service behind a token, made on first use; undefined where neither a plugin nor the caller offers it. */
  async find<T>(token: Token<T>): Promise<T | undefined> {
    return this.#container.isRegistered(token.key, true) ? this.#container.resolve<T | Promise<T>>(token.key) : undefined
  }

  /** The instance of a resolved extension; equal trees of names and options share one. */
  async create<K extends Kind>(resolved: ResolvedExtension & { readonly kind: K }): Promise<Extensions[K]> {
    if (resolved.use === 'given') return this.#registry.given(resolved) as Extensions[K]
    const key = canonicalJson(treeIdentity(resolved, ({ package: from, version }) => `${from}@${version}`))
    let instance = this.#instances.get(key)
    if (!instance) this.#instances.set(key, (instance = this.#make(resolved)))
    return instance as Promise<Extensions[K]>
  }

  /** The extension that an instance was made by, and its plugin; undefined for one made in code. */
  originOf(instance: object): Origin | undefined {
    return this.#origins.get(instance)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    this.#closed()
    try {
      // Work that was under way when the evaluation ended may still be making something.
      await Promise.allSettled(this.#instances.values())
      await disposeAll(this.#made.reverse())
    } finally {
      await this.#container.dispose()
    }
  }

  async #make(resolved: ResolvedExtension): Promise<unknown> {
    const entry = this.#registry.extension(resolved.kind, resolved.use)
    if (!entry) throw new Error(`${resolved.kind} "${resolved.use}" was resolved by another host`)
    const { value: extension, plugin } = entry
    const options: Record<string, unknown> = {}
    for (const [name, field] of Object.entries(extension.options)) {
      const value = resolved.options[name]
      options[name] = isReference(field) ? await this.create(value as ResolvedExtension) : value
    }
    const instance = await extension.create(options as Parameters<typeof extension.create>[0], await injectAll(this.#container, extension.services, plugin.name))
    const fault = instanceFault(resolved.kind, instance)
    if (fault !== undefined) throw new Error(`${plugin.name}: create of ${resolved.kind} "${resolved.use}" gave the wrong thing: ${fault}`)
    this.#made.push(instance)
    this.#origins.set(instance, { ...entry, resolved })
    return instance
  }
}

async function injectAll(container: DependencyContainer, tokens: ServiceTokens, who: string): Promise<Record<string, unknown>> {
  const services: Record<string, unknown> = {}
  for (const [name, token] of Object.entries(tokens)) {
    if (!container.isRegistered(token.key, true)) {
      if (token.optional) continue
      throw new UserError(`${who} needs the service ${token.id}, which no loaded plugin offers`)
    }
    services[name] = await container.resolve<unknown>(token.key)
  }
  return services
}

/** Disposes one after the other, all of them, and then tells what failed. */
async function disposeAll(things: readonly unknown[]): Promise<void> {
  const failures: unknown[] = []
  for (const thing of things) {
    if ((typeof thing !== 'object' && typeof thing !== 'function') || thing === null) continue
    const { dispose, [Symbol.asyncDispose]: asyncDispose } = thing as { dispose?: () => unknown; [Symbol.asyncDispose]?: () => unknown }
    try {
      await (asyncDispose ?? dispose)?.call(thing)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'some extensions could not be disposed')
}
