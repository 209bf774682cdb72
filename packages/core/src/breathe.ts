const longest = 50
let last = 0

/** The next turn of the loop of events: at once where the platform can, a millisecond or more by a timer elsewhere. */
const soon = (globalThis as { readonly setImmediate?: (work: () => void) => void }).setImmediate ?? setTimeout

/**
 * Lets timers, signals and progress run between two pieces of long synchronous work, at most every 50 ms.
 * @throws the signal's reason once it is aborted.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  const now = performance.now()
  if (now - last < longest) return
  last = now
  await new Promise<void>((resolve) => void soon(resolve))
  signal?.throwIfAborted()
}
