/** Rows with equal keys together, in the order in which keys first appear. */
export function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => readonly string[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row))
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()]
}
