import { Host, isReference, type Cost, type Extension, type Kind, type OptionFields, type Preset, type Registered } from '@touchstone/core'
import { installedPlugins, loadConfig, loadPlugins } from '@touchstone/evaluation/node'
import { Command } from 'commander'
import { consoleLog } from '../log.js'
import { configCosts, configCostTable, costTable } from '../costs.js'

interface ListOptions {
  readonly json?: boolean
  readonly cost?: boolean
}

/** An extension as `touchstone list --json` prints it: its metadata, nothing else. */
interface Listed {
  readonly kind: Kind
  readonly name: string
  readonly summary: string
  readonly package: string
  readonly version?: string
  readonly citation?: string
  /** The extension a preset stands for. */
  readonly presetOf?: string
  readonly traits?: unknown
  readonly options: readonly ListedOption[]
  /** Of one use with default options. */
  readonly cost?: Cost
}

interface ListedOption {
  readonly name: string
  readonly summary: string
  readonly default?: unknown
  readonly unit?: string
  readonly reference?: Kind
}

/** `touchstone list [config]`. */
export function listCommand(signal: AbortSignal): Command {
  return new Command('list')
    .summary('show what the installed plugins offer')
    .description('Shows models, datasets, attribution methods, samplers, comparisons and metrics: of the plugins of a config, or of every dependency of the nearest package.json with the keyword touchstone-plugin.')
    .argument('[config]', 'touchstone.config.ts, .js or .json')
    .option('--cost', 'model rows per use; with a config those of its own options, and the MFLOP per row of its models')
    .option('--json', 'print JSON')
    .action(async (path: string | undefined, { json, cost }: ListOptions) => {
      const folder = process.cwd()
      const loaded = path === undefined ? undefined : await loadConfig(path)
      const plugins = loaded ? await loadPlugins(loaded.config.plugins, [loaded.folder, folder], loaded.file) : await installedPlugins(folder, consoleLog.warn)
      await using host = new Host(plugins)
      const extensions = host.registry.all().map((registered) => listed(registered, host))
      const costs = cost && loaded ? await configCosts(loaded, host, signal) : undefined
      if (json) {
        console.log(JSON.stringify({ format: 'touchstone-list/1', extensions, ...costs }, null, 2))
        return
      }
      if (!loaded && host.plugins.length === 1) consoleLog.info('no dependency of the nearest package.json has the keyword touchstone-plugin: this is what every evaluation has')
      if (costs) console.log(configCostTable(costs))
      else if (cost) console.log(`${costTable(extensions.flatMap(({ kind, name, cost: one }) => (one ? [[`${kind} ${name}`, one]] : [])))}\n\nwith the default options; name a config for the MFLOP per row of its models and for its own options`)
      // Answers to reference cases are for plugin authors; JSON has them.
      else console.log(extensionsText(extensions.filter(({ kind }) => kind !== 'reference-method')))
    })
}

function listed({ value, plugin }: Registered<Extension | Preset>, host: Host): Listed {
  const about = { kind: value.kind, name: value.name, summary: value.summary, package: plugin.name, ...(plugin.version !== undefined && { version: plugin.version }), ...(value.citation !== undefined && { citation: value.citation }) }
  const resolved = host.resolver().resolve(value.kind, value.name, [])
  const cost = resolved && host.cost(resolved)
  const details = { ...(cost && { cost }) }
  if (!('use' in value)) return { ...about, traits: value.traits, options: listOptions(value.options, {}), ...details }
  const base = host.registry.extension(value.kind, value.use)?.value
  return { ...about, presetOf: value.use, traits: base?.traits, options: listOptions(base?.options ?? {}, value.options), ...details }
}

function listOptions(fields: OptionFields, preset: Readonly<Record<string, unknown>>): readonly ListedOption[] {
  return Object.entries(fields).map(([name, field]) => {
    const fallback = preset[name] ?? field.default
    return {
      name,
      summary: field.summary,
      ...(fallback !== undefined && { default: fallback }),
      ...(isReference(field) ? { reference: field.reference } : field.unit !== undefined && { unit: field.unit }),
    }
  })
}

function extensionsText(extensions: readonly Listed[]): string {
  return byKind(extensions)
    .map(([kind, list]) => {
      const entries = list.map(({ name, summary, package: from, presetOf, traits, options }) => {
        const direction = (traits as { direction?: string } | undefined)?.direction
        const notes = [presetOf === undefined ? undefined : `preset of ${presetOf}`, kind === 'score' && direction !== undefined ? `better: ${direction}` : undefined, from].filter((note) => note !== undefined)
        const lines = options.map((option) => `      ${option.name}${option.default === undefined ? '' : ` = ${JSON.stringify(option.default)}`}${option.unit === undefined ? '' : ` ${option.unit}`}: ${option.summary}${option.reference === undefined ? '' : ` (a ${option.reference})`}`)
        return [`  ${name}  (${notes.join(', ')})`, `      ${summary}`, ...lines].join('\n')
      })
      return `${kind}s\n${entries.join('\n')}`
    })
    .join('\n\n')
}

function byKind(extensions: readonly Listed[]): readonly (readonly [Kind, readonly Listed[]])[] {
  const kinds = [...new Set(extensions.map(({ kind }) => kind))]
  return kinds.map((kind) => [kind, extensions.filter((extension) => extension.kind === kind)])
}
