import { UserError, type BackendChoice, type Dataset, type EngineInfo, type Host, type Model, type ResolvedExtension, type StorageTraits, type Work } from '@touchstone/core'
import type { CheckedConfig } from './check-config.js'
import { engineIdentity } from './engine-identity.js'
import { evaluationPlugin } from './plugin.js'
import type { ResolvedConfig } from './results.js'
import { decode, encode } from './store/codec.js'
import type { UnitKeys } from './unit-keys.js'

/** What another thread or machine needs to do jobs of an evaluation: pure data. */
export interface WorkOrder {
  readonly format: 'touchstone-order/1'
  /** Packages, and the folders from which they are looked up. */
  readonly plugins: readonly string[]
  readonly folders: readonly string[]
  /** The folder where relative paths in options start. */
  readonly baseFolder: string
  readonly resolved: ResolvedConfig
  readonly storage: ResolvedExtension
  readonly batchRows: number
  readonly backend: BackendChoice
  /** What must be found there as it is here. */
  readonly fingerprints: { readonly models: Readonly<Record<string, string>>; readonly dataset: string; readonly engine: string | null; readonly code: Readonly<Record<string, string>> }
}

interface Sources {
  readonly checked: CheckedConfig
  readonly host: Host
  readonly engine: EngineInfo | null
  readonly keys: UnitKeys
  readonly models: ReadonlyMap<string, Model>
  readonly dataset: Dataset
  readonly baseFolder: string
  readonly loaded: { readonly plugins: Readonly<Record<string, string>>; readonly folders: readonly string[] } | undefined
}

/** The order of an evaluation, or why its jobs can be done in this process alone. */
export function encodeOrder({ checked: { resolved, storage, batchRows, backend }, host, engine, keys, models, dataset, baseFolder, loaded = { plugins: {}, folders: [] } }: Sources): Work['order'] {
  if (keys.sessionOnly !== undefined) return { here: keys.sessionOnly }
  const { reach } = (host.registry.extension('storage', storage.use)?.value.traits ?? { reach: 'process' }) as StorageTraits
  if (reach === 'process') return { here: `storage "${storage.use}" is reached by this process alone` }
  const given = host.plugins.find(({ name }) => name !== evaluationPlugin.name && !(name in loaded.plugins))
  if (given) return { here: `plugin ${given.name} is not named in the config by its package` }
  const order: WorkOrder = {
    format: 'touchstone-order/1',
    plugins: Object.values(loaded.plugins),
    folders: loaded.folders,
    baseFolder,
    resolved,
    storage,
    batchRows,
    backend,
    fingerprints: { models: Object.fromEntries([...models].map(([label, { fingerprint }]) => [label, fingerprint])), dataset: dataset.fingerprint, engine: engineIdentity(engine), code: codeOf(host) },
  }
  try {
    return { bytes: encode(order) }
  } catch (error) {
    if (error instanceof TypeError) return { here: `an option of the config is no plain data: ${error.message}` }
    throw error
  }
}

/** @throws UserError for bytes of another version. */
export function decodeOrder(bytes: Uint8Array): WorkOrder {
  const order = decode(bytes) as WorkOrder
  if ((order.format as string) !== 'touchstone-order/1') throw new UserError(`expected a work order of format touchstone-order/1, found ${JSON.stringify(order.format)}: use the same version of Touchstone on all machines`)
  return order
}

/** The code behind each plugin. */
export function codeOf(host: Host): Readonly<Record<string, string>> {
  return Object.fromEntries(host.plugins.map(({ name, build, version }) => [name, build ?? version ?? '']))
}
