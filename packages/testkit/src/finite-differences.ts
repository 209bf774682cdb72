import { rowAt, stackRows, type Model, type Rows } from '@touchstone/core'

/**
 * dF_target / dx of every row by central differences, (F(x + h e_i) - F(x - h e_i)) / 2h: slow, rounded, and independent of any gradient
 * code. `h` must be small against the distance to the next kink of the network and large against float32 rounding.
 */
export async function finiteDifferences(model: Model, inputs: Rows, targets: readonly number[], h = 1e-2): Promise<Float64Array[]> {
  const gradients: Float64Array[] = []
  for (const [row, target] of targets.entries()) {
    const x = rowAt(inputs, row)
    const shifted = (sign: number) =>
      stackRows(
        Array.from(x, (value, i) => {
          const moved = x.slice()
          moved[i] = value + sign * h
          return moved
        }),
        model.inputShape,
      )
    const [above, below] = [await model.predict(shifted(1)), await model.predict(shifted(-1))]
    gradients.push(Float64Array.from(x, (_, i) => (rowAt(above, i)[target]! - rowAt(below, i)[target]!) / (2 * h)))
  }
  return gradients
}
