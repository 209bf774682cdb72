import { Base, Logger, type Cost, type Host, type Model } from '@touchstone/core'
import { checkConfig } from '@touchstone/evaluation'
import type { LoadedConfig } from '@touchstone/evaluation/node'
import { consoleLog } from './log.js'
import { formatNumber, formatTable } from './table.js'

/** What the models, methods and metrics of a config cost. */
export interface ConfigCosts {
  readonly models: readonly (Pick<Model, 'mflopPerRow' | 'inputShape' | 'classCount'> & { readonly label: string })[]
  /** By label: of one map, or of one judgement. */
  readonly attributers: Readonly<Record<string, Cost>>
  readonly metrics: Readonly<Record<string, Cost>>
}

/** Loads the models of a config and asks its methods and metrics what they cost on inputs of that shape. */
export async function configCosts({ config, file, folder }: LoadedConfig, host: Host, signal: AbortSignal): Promise<ConfigCosts> {
  const { resolved } = checkConfig(config, host, file)
  await using scope = host.open([
    { token: Logger, value: consoleLog },
    { token: Base, value: { path: folder } },
  ])
  const models: ConfigCosts['models'][number][] = []
  for (const [label, tree] of Object.entries(resolved.models)) {
    signal.throwIfAborted()
    const { mflopPerRow, inputShape, classCount } = await scope.create({ ...tree, kind: 'model' })
    models.push({ label, mflopPerRow, inputShape, classCount })
  }
  const costsOf = (trees: typeof resolved.attributers): Record<string, Cost> =>
    Object.fromEntries(Object.entries(trees).flatMap(([label, tree]) => {
      const cost = host.cost(tree, models[0]?.inputShape)
      return cost ? [[label, cost]] : []
    }))
  return { models, attributers: costsOf(resolved.attributers), metrics: costsOf(resolved.metrics) }
}

export function configCostTable({ models, attributers, metrics }: ConfigCosts): string {
  const modelRows = models.map(({ label, mflopPerRow, inputShape, classCount }) => [label, formatNumber(mflopPerRow), inputShape.join('x'), String(classCount)])
  const uses = [...Object.entries(attributers).map(([label, cost]) => [`attributer ${label}`, cost] as const), ...Object.entries(metrics).map(([label, cost]) => [`metric ${label}`, cost] as const)]
  return `${formatTable([['model', 'MFLOP per row', 'input', 'classes'], ...modelRows])}\n\n${costTable(uses)}`
}

export function costTable(uses: readonly (readonly [string, Cost])[]): string {
  const rows = uses.map(([what, { rows: count, shared, maps = 0, mapsInTurn = 0, adaptive }]) => [what, `${adaptive ? 'up to ' : ''}${count}`, shared === undefined ? '' : String(shared), maps + mapsInTurn === 0 ? '' : String(maps + mapsInTurn)])
  return formatTable([['one use', 'model rows', 'shared by all methods', 'further maps'], ...rows])
}
