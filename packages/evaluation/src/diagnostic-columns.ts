import type { DiagnosticRow, DiagnosticSummary } from './results.js'
import type { Selection } from './select-examples.js'
import { summariseDiagnostic } from './summarise.js'

interface Column {
  readonly places: number[]
  readonly values: number[]
}

/** What methods say of their maps: a number per map and name. */
export class DiagnosticColumns {
  readonly #subjects: Selection['subjects']
  /** By model, attributer and name; by place of the example. */
  readonly #columns = new Map<string, Map<string, Map<string, Column>>>()

  constructor({ subjects }: Pick<Selection, 'subjects'>) {
    this.#subjects = subjects
  }

  /** @param place of the example among those of the model, each after the one before. */
  add(model: string, attributer: string, place: number, diagnostics: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(diagnostics)) {
      const { places, values } = entry(
        entry(entry(this.#columns, model, () => new Map<string, Map<string, Column>>()), attributer, () => new Map<string, Column>()),
        name,
        (): Column => ({ places: [], values: [] }),
      )
      places.push(place)
      values.push(value)
    }
  }

  *rows(): Generator<DiagnosticRow> {
    for (const [model, attributers] of this.#columns) {
      // How far each column has been read.
      const read = new Map<object, number>()
      for (const [place, { example }] of this.#subjects.get(model)!.entries()) {
        for (const [attributer, columns] of attributers) {
          for (const [name, column] of columns) {
            const next = read.get(column) ?? 0
            if (column.places[next] !== place) continue
            read.set(column, next + 1)
            const value = column.values[next]!
            yield { model, example: example.id, attributer, name, value: Number.isFinite(value) ? value : null }
          }
        }
      }
    }
  }

  summary(): readonly DiagnosticSummary[] {
    return [...this.#columns].flatMap(([model, attributers]) =>
      [...attributers].flatMap(([attributer, columns]) => [...columns].map(([name, { values }]) => ({ model, attributer, name, ...summariseDiagnostic(values) }))),
    )
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}
