import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 look for garbage earlier. It lets garbage grow to several times what is in use before it looks for it, and arrays outside of its heap to 64 MB more: a run over 10,000
 * inputs would take 100 MB more than one over 100, all of it garbage. This costs a run some percent of its time, and the start of a process as well: the
 * second flag is for when something may have to be computed. The first has to be set before the heap has grown.
 */
setFlagsFromString('--semi-space-growth-factor=1')

export function tightenMemory(): void {
  setFlagsFromString('--heap-growing-percent=20')
}

/** For threads that keep all cores busy: V8's helpers, which look for garbage beside a single thread, would take time from them. Threads begin with what is set before they start. */
export function makeRoomForThreads(): void {
  setFlagsFromString('--heap-growing-percent=60')
}
