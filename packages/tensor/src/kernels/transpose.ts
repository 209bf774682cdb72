/** Both sides of the square that is moved at once, so that the lines read and the lines written stay in the cache. */
const tile = 32

/**
 * Writes a transposed matrix: `to[j, i] = from[i, j]`.
 *
 * @param from - holds the matrix `[rows, columns]` from `fromStart` on
 * @param to - takes the matrix `[columns, rows]` from `toStart` on
 */
export function transposeInto(from: Float32Array, fromStart: number, rows: number, columns: number, to: Float32Array, toStart: number): void {
  for (let rowTile = 0; rowTile < rows; rowTile += tile) {
    const rowEnd = Math.min(rows, rowTile + tile)
    for (let columnTile = 0; columnTile < columns; columnTile += tile) {
      const columnEnd = Math.min(columns, columnTile + tile)
      for (let row = rowTile; row < rowEnd; row++) {
        let source = fromStart + row * columns + columnTile
        let target = toStart + columnTile * rows + row
        for (let column = columnTile; column < columnEnd; column++) {
          to[target] = from[source++]!
          target += rows
        }
      }
    }
  }
}
