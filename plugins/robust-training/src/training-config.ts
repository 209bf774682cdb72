import { ConfigError, describe, suggestion, type Backend, type BackendChoice, type Dataset, type Host, type Model, type OpenedConfig, type Plugin, type Problem, type ReferenceInput, type ResolvedExtension, type Trainer } from '@touchstone/core'

/** A training as a user writes it. */
export interface TrainingConfig {
  /** For editors; not read. */
  readonly $schema?: string
  /** Packages by name, or plugin objects. */
  readonly plugins: readonly (string | Plugin)[]
  /** What to start from: `layers-model` with a path, or `untrained`. */
  readonly model: ReferenceInput<Model>
  readonly dataset: ReferenceInput<Dataset>
  readonly trainer: ReferenceInput<Trainer>
  /** The folder of model.json, weights.bin and the checkpoint, from the config's folder on. */
  readonly out: string
  /** All random numbers follow from it; 0 unless told. */
  readonly seed?: number
  /** How many rows go through the model at once: the one knob for memory; 64 unless told. Changes weights by rounding alone. */
  readonly batchRows?: number
  /** Steps between two checkpoints; 100 unless told. */
  readonly checkpointEvery?: number
  /** What computes: `wasm`, `cpu`, that of a plugin, or `auto`, the fastest of the plugins that starts; `auto` unless told. */
  readonly backend?: ReferenceInput<Backend>
}

/** Types a config file of `touchstone train`: `export default defineTraining({ ... })`. */
export function defineTraining(config: TrainingConfig): TrainingConfig {
  return config
}

/** A training config without a problem. */
export interface CheckedTraining {
  readonly model: ResolvedExtension & { readonly kind: 'model' }
  readonly dataset: ResolvedExtension & { readonly kind: 'dataset' }
  readonly trainer: ResolvedExtension & { readonly kind: 'trainer' }
  readonly out: string
  readonly seed: number
  readonly batchRows: number
  readonly checkpointEvery: number
  readonly backend: BackendChoice
}

const source = '@touchstone/robust-training'
const keys = ['$schema', 'plugins', 'model', 'dataset', 'trainer', 'out', 'seed', 'batchRows', 'checkpointEvery', 'backend']

/** Checks a whole config before any work. @throws ConfigError with every problem. */
export function checkTrainingConfig({ config, host, file }: Pick<OpenedConfig, 'config' | 'file'> & { readonly host: Pick<Host, 'resolver'> }): CheckedTraining {
  const problems: Problem[] = []
  const problem = (path: readonly PropertyKey[], message: string): void => void problems.push({ path, message, source })
  for (const key of Object.keys(config)) {
    if (key === 'models' || key === 'metrics' || key === 'attributers') problem([key], 'belongs to an evaluation: run that with "touchstone run"')
    else if (!keys.includes(key)) problem([key], `unknown key${suggestion(key, keys)}`)
  }
  const resolver = host.resolver()
  const resolve = (kind: 'model' | 'dataset' | 'trainer') => resolver.resolve(kind, config[kind], [kind])
  const integer = (key: string, fallback: number, least: number): number => {
    const value = config[key]
    if (value === undefined) return fallback
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
    problem([key], `expected a whole number of at least ${least}, found ${describe(value)}`)
    return fallback
  }
  if (typeof config.out !== 'string' || config.out === '') problem(['out'], `expected the folder that the model is written to, found ${describe(config.out)}`)
  const checked = {
    model: resolve('model'),
    dataset: resolve('dataset'),
    trainer: resolve('trainer'),
    out: config.out,
    seed: integer('seed', 0, 0),
    batchRows: integer('batchRows', 64, 1),
    checkpointEvery: integer('checkpointEvery', 100, 1),
    backend: config.backend === undefined || config.backend === 'auto' ? 'auto' : resolver.resolve('backend', config.backend, ['backend']),
  }
  problems.push(...resolver.problems)
  if (problems.length > 0) throw new ConfigError(file, problems)
  return checked as CheckedTraining
}
