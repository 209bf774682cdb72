import { defineReferenceMethod, rowsOf, UserError, type Answer, type Nested } from '@touchstone/core'

/** One array per input, added to the inputs. */
type Delta = readonly Nested[]

/** How this package answers reference cases. */
export const referenceMethods = [
  defineReferenceMethod(
    'sensitivity-max',
    'max over deltas d of ||g(x) - g(x + d)||_2 / ||g(x)||_2, a norm of 0 counting as 1; params: attribution, deltas (each a list with one array per input)',
    async ({ inputs, params, ask }) => {
      const { method, params: about } = params.value('attribution') as { readonly method: string; readonly params?: unknown }
      const deltas = params.value('deltas')
      if (!Array.isArray(deltas)) throw new UserError('params.deltas: expected a list')
      const rows = inputs[0]!.shape[0] ?? 0
      const maps = await ask(method, about, inputs)
      const norms = normPerRow(maps, maps, rows, (value) => value)
      const largest = new Float64Array(rows)
      for (const delta of deltas as readonly Delta[]) {
        const moved = inputs.map(({ shape, data }, index) => {
          const added = rowsOf(delta[index]!, 'params.deltas')
          return { shape, data: data.map((value, at) => value + added.data[at % added.data.length]!) }
        })
        const changes = normPerRow(maps, await ask(method, about, moved), rows, (a, b) => a - b)
        changes.forEach((change, row) => (largest[row] = Math.max(largest[row]!, change / (norms[row] === 0 ? 1 : norms[row]!))))
      }
      return [largest]
    },
  ),
]

/** || f(a, b) ||_2 of every row, over all inputs. */
function normPerRow(a: Answer, b: Answer, rows: number, f: (a: number, b: number) => number): Float64Array {
  const squares = new Float64Array(rows)
  a.forEach((map, input) => {
    for (let at = 0; at < map.length; at++) squares[Math.floor((at * rows) / map.length)]! += f(map[at]!, b[input]![at]!) ** 2
  })
  return squares.map(Math.sqrt)
}
