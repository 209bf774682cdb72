import { eachRow, stackRows, type Model, type Randomness } from '@touchstone/core'
import { checkDiagnostics, checkShape } from './check-shape.js'
import { ExtensionFault, extensionNamed } from './faults.js'
import { guarded } from './guarded.js'
import type { RunningJob } from './running-job.js'

/** A map, and what its method said about it: what the store has of a map. */
export interface MapAnswer {
  readonly map: Float32Array
  readonly diagnostics: Readonly<Record<string, number>>
}

/** A map, or why there is none. */
export type Mapped = MapAnswer | ExtensionFault

export interface MapRequest {
  readonly input: Float32Array
  readonly target: number
  readonly randomness: Randomness
}

/**
 * The maps of a method, or why there is none. Where a call for several fails each is asked for alone: an input for which the method has no answer costs itself
 * alone, whatever was asked for in the same call.
 */
export async function attributeEach(name: string, model: Model, requests: readonly MapRequest[], running: RunningJob): Promise<readonly Mapped[]> {
  let fault: ExtensionFault
  try {
    return await attributeRows(name, model, requests, running)
  } catch (error) {
    if (!(error instanceof ExtensionFault)) throw error
    fault = error
  }
  if (requests.length === 1) return [fault]
  const answers: Mapped[] = []
  for (const request of requests) answers.push(...(await attributeEach(name, model, [request], running)))
  if (!answers.some((answer) => answer instanceof ExtensionFault)) running.faults.add(new ExtensionFault(fault.extension, 'fails for several inputs at once, but for none of them alone: its answers must not depend on what else is asked for'))
  return answers
}

/** The maps of a method, checked. */
export async function attributeRows(name: string, model: Model, requests: readonly MapRequest[], running: RunningJob): Promise<readonly MapAnswer[]> {
  const { dataset, attributers, batchRows, signal, label, stopwatch } = running
  const inputs = stackRows(requests.map(({ input }) => input), model.inputShape)
  return guarded({ call: `attributer "${name}"`, extension: extensionNamed('attributer', name, running.resolved.attributers[name]), place: `attributer "${name}" on model "${label}"` }, running, async () => {
    const maps = await stopwatch.maps(name, () => attributers.get(name)!.attribute({ model, inputs, targets: requests.map(({ target }) => target), randomness: requests.map(({ randomness }) => randomness), batchRows, reference: dataset, signal }))
    checkShape(maps, inputs.shape, 'maps')
    checkDiagnostics(maps)
    const said = Object.entries(maps.diagnostics ?? {})
    return eachRow(maps).map((map, row): MapAnswer => ({ map, diagnostics: Object.fromEntries(said.map(([what, values]) => [what, values[row]!])) }))
  })
}
