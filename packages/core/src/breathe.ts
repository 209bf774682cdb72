const longest = 50
let last = 0

/**
 * Lets timers, signals and progress run between two pieces of long synchronous work, at most every 50 ms.
 * @throws the signal's reason once it is aborted.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  const now = performance.now()
  if (now - last < longest) return
  last = now
  await new Promise<void>((resolve) => setTimeout(resolve))
  signal?.throwIfAborted()
}
