/**
 * A memory for what takes long to make: `make` runs once for an owner and a key, and what it gives is kept as long as the owner lives. A failure is
 * not kept.
 */
export function createMemo<T>(): (owner: object, key: string, make: () => Promise<T>) => Promise<T> {
  const keeping = new WeakMap<object, Map<string, Promise<T>>>()
  return (owner, key, make) => {
    const known = keeping.get(owner) ?? new Map<string, Promise<T>>()
    keeping.set(owner, known)
    let value = known.get(key)
    if (!value) {
      known.set(key, (value = make()))
      value.catch(() => known.delete(key))
    }
    return value
  }
}
