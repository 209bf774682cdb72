import { createRandomness, type JobExample, type Model } from '@touchstone/core'
import { attributeRows } from './attribute.js'
import { ExtensionFault, extensionNamed } from './faults.js'
import type { RunningJob } from './running-job.js'

/** Which methods leave tensors over, when each is asked alone; all that may have where none of them does. */
export async function findLeaks(left: number, { index, id, target }: JobExample, model: Model, running: RunningJob): Promise<readonly ExtensionFault[]> {
  const { attributers, scores, dataset, resolved } = running
  const tensors = running.leaks.tensors!
  const request = { input: (await dataset.example(index)).input, target, randomness: createRandomness(resolved.seed, id) }
  const found: ExtensionFault[] = []
  for (const name of attributers.keys()) {
    const counts = [tensors()]
    try {
      for (let call = 0; call < 3; call++) {
        await attributeRows(name, model, [request], running)
        counts.push(tensors())
      }
    } catch (error) {
      if (!(error instanceof ExtensionFault)) throw error
      continue
    }
    const grown = counts.slice(1).map((count, call) => count - counts[call]!)
    if (grown.every((count) => count > 0)) found.push(new ExtensionFault(extensionNamed('attributer', name, resolved.attributers[name]), `leaves tensors over, ${grown.at(-1)!} with its last call: dispose of them, or compute within tf.tidy()`))
  }
  if (found.length > 0) return found
  return [new ExtensionFault(`one of the metrics ${[...scores.keys()].map((label) => `"${label}"`).join(', ')}, or what they use,`, `leaves tensors over, ${left} in a job: dispose of them, or compute within tf.tidy()`)]
}
