import leven from 'leven'

/** The known names nearest to `name` by edit distance, best first; far ones only where `name` is a part or the initials of them. */
export function closest(name: string, known: Iterable<string>, most = 3): readonly string[] {
  const wanted = name.toLowerCase()
  return [...known]
    .map((candidate) => {
      const other = candidate.toLowerCase()
      const contains = wanted.length > 1 && (other.includes(wanted) || initials(other) === wanted)
      return { candidate, distance: leven(wanted, other), limit: contains ? Infinity : Math.max(2, Math.ceil(Math.max(wanted.length, other.length) * 0.4)) }
    })
    .filter(({ distance, limit }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate)
}

/** `; did you mean "a" or "b"?`, or the whole list where nothing is close. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known]
  if (names.length === 0) return '; there are none'
  const near = closest(name, names)
  if (near.length > 0) return `; did you mean ${near.map((one) => `"${one}"`).join(' or ')}?`
  return `; known: ${names.sort().join(', ')}`
}

function initials(name: string): string {
  return name.split('-').map((word) => word[0] ?? '').join('')
}
