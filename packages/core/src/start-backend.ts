import type { StartedBackend } from './contracts/backend.js'
import { isUserError, messageOf, UserError } from './errors.js'
import type { Scope } from './host.js'
import type { Registry } from './registry.js'
import type { ResolvedExtension } from './resolve.js'
import { Resolver } from './resolve.js'

/** Which backend computes: one, or the fastest of the loaded plugins that starts. */
export type BackendChoice = 'auto' | ResolvedExtension

/**
 * Starts a backend.
 * @throws UserError where the one that was chosen does not start, or of several none.
 */
export async function startBackend(choice: BackendChoice, registry: Registry, scope: Scope): Promise<StartedBackend> {
  if (choice !== 'auto') return start(choice, scope, true)
  const passedOver: { backend: string; reason: string }[] = []
  for (const name of fastestFirst(registry)) {
    const tree = new Resolver(registry).resolve('backend', name, [])
    if (tree === undefined) continue
    try {
      const { engine, memory } = await start(tree, scope, false)
      return { engine: passedOver.length === 0 ? engine : { ...engine, passedOver }, memory }
    } catch (error) {
      if (!isUserError(error)) throw error
      passedOver.push({ backend: name, reason: messageOf(error) })
    }
  }
  throw new UserError(`no backend starts: ${passedOver.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ')}`)
}

async function start(tree: ResolvedExtension, scope: Scope, wanted: boolean): Promise<StartedBackend> {
  return (await scope.create({ ...tree, kind: 'backend' })).start(wanted)
}

function fastestFirst(registry: Registry): readonly string[] {
  const speedOf = (name: string): number => (registry.extension('backend', name)!.value.traits as { readonly speed: number }).speed
  return registry.names('backend').filter((name) => registry.extension('backend', name) !== undefined).sort((a, b) => speedOf(b) - speedOf(a))
}
