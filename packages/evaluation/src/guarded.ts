import { isUserError, messageOf, UserError } from '@touchstone/core'
import { endsRun, ExtensionFault, extensionNamed, faultBehind, FaultOf } from './faults.js'
import type { Call, RunningJob } from './running-job.js'

/** Who is called for what. */
interface Callee {
  readonly call: Call
  /** `JobFault.extension`. */
  readonly extension: string
  /** Where, for mistakes of the user. */
  readonly place: string
}

/**
 * Extensions are other people's code: what one throws is its fault, and costs what depends on it.
 * @throws ExtensionFault that names it; what ends the run, as it is, where that is no fault of its own.
 */
export async function guarded<T>({ call, extension, place }: Callee, { signal, scope, watch: { onCall, skip } }: RunningJob, work: () => Promise<T>): Promise<T> {
  const hung = skip?.get(call)
  if (hung !== undefined) throw new ExtensionFault(extension, hung)
  onCall?.(call, true)
  try {
    return await work()
  } catch (error) {
    const behind = faultBehind(error)
    if (behind instanceof ExtensionFault) throw behind
    if (isUserError(error)) throw new UserError(`${place}: ${messageOf(error)}`, { cause: error })
    if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) throw error
    if (endsRun(error)) throw new Error(`${place} failed: ${messageOf(error)}`, { cause: error })
    const origin = behind instanceof FaultOf ? scope.originOf(behind.owner) : undefined
    const culprit = origin ? extensionNamed(origin.resolved.kind, origin.value.name, origin.resolved) : extension
    throw new ExtensionFault(culprit, `failed: ${messageOf(error)}`, { cause: error })
  } finally {
    onCall?.(call, false)
  }
}
