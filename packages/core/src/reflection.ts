/*
 * tsyringe refuses to load without `Reflect.getMetadata`, which it calls for classes with decorators alone. Nothing here has any, so a stand-in is there while it
 * loads and goes again: neither page nor process gets a global of ours. A module of its own, since imports run before the code beside them.
 */
const reflect: typeof Reflect & { getMetadata?: () => undefined } = Reflect
const standIn = () => undefined
reflect.getMetadata ??= standIn

/** Takes the stand-in away, once tsyringe has loaded. */
export function takeBack(): void {
  if (reflect.getMetadata === standIn) delete reflect.getMetadata
}
