import { UserError } from './errors.js'
import type { Extension, Kind, Preset } from './extension.js'
import type { Plugin } from './plugin.js'
import type { ResolvedExtension } from './resolve.js'

/** Something a plugin offers, and the plugin. */
export interface Registered<T> {
  readonly value: T
  readonly plugin: Plugin
}

/** The named extensions and presets of all loaded plugins, by kind and name. */
export class Registry {
  readonly #extensions = new Map<string, Registered<Extension>>()
  readonly #presets = new Map<string, Registered<Preset>>()
  readonly #given: unknown[] = []

  /** @throws UserError where two plugins offer the same name, naming both. */
  add(plugin: Plugin): void {
    for (const extension of plugin.extensions) {
      this.#claim(extension, plugin)
      this.#extensions.set(keyOf(extension.kind, extension.name), { value: extension, plugin })
    }
    for (const preset of plugin.presets) {
      this.#claim(preset, plugin)
      this.#presets.set(keyOf(preset.kind, preset.name), { value: preset, plugin })
    }
  }

  extension(kind: Kind, name: string): Registered<Extension> | undefined {
    return this.#extensions.get(keyOf(kind, name))
  }

  preset(kind: Kind, name: string): Registered<Preset> | undefined {
    return this.#presets.get(keyOf(kind, name))
  }

  /** Everything offered, in the order of loading. */
  all(): readonly Registered<Extension | Preset>[] {
    return [...this.#extensions.values(), ...this.#presets.values()]
  }

  names(kind: Kind): readonly string[] {
    return this.all().filter(({ value }) => value.kind === kind).map(({ value }) => value.name)
  }

  kindsOf(name: string): readonly Kind[] {
    return this.all().filter(({ value }) => value.name === name).map(({ value }) => value.kind)
  }

  /** Takes in an instance made in code, so that it can stand wherever an extension can. */
  give(kind: Kind, instance: unknown): ResolvedExtension {
    let index = this.#given.indexOf(instance)
    if (index < 0) index = this.#given.push(instance) - 1
    return { kind, use: 'given', package: 'code', options: { index } }
  }

  /** The instance behind what `give` returned. */
  given({ options }: ResolvedExtension): unknown {
    return this.#given[options.index as number]
  }

  #claim({ kind, name }: Extension | Preset, plugin: Plugin): void {
    const held = this.#extensions.get(keyOf(kind, name)) ?? this.#presets.get(keyOf(kind, name))
    if (held) throw new UserError(`${plugin.name} offers ${kind} "${name}", but ${held.plugin.name} does so already: load one of the two`)
  }
}

function keyOf(kind: Kind, name: string): string {
  return `${kind}:${name}`
}
