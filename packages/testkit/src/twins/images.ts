import type { Padding } from '@touchstone/network'

/** A place that a window covers: which tap of the window, and which pixel. */
export interface Covered {
  readonly tap: readonly [row: number, column: number]
  readonly pixel: readonly [row: number, column: number]
}

interface Windows {
  readonly size: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations?: readonly [number, number] | undefined
  readonly padding: Padding
}

/** How many windows there are along each axis, and what of the image each one covers, line by line; zeros around the image are not part of it. */
export function windowsOver(image: readonly number[], { size, strides, dilations = [1, 1], padding }: Windows): { readonly grid: [number, number]; readonly covered: Covered[][] } {
  const along = (axis: 0 | 1) => {
    const [length, stride] = [image[axis]!, strides[axis]]
    const reach = (size[axis] - 1) * dilations[axis] + 1
    const same = padding === 'same'
    const explicit = typeof padding === 'string' ? [0, 0] : padding[axis]
    const count = same ? Math.ceil(length / stride) : Math.floor((length + explicit[0] + explicit[1] - reach) / stride) + 1
    const before = same ? Math.floor(Math.max(0, (count - 1) * stride + reach - length) / 2) : explicit[0]
    return Array.from({ length: count }, (_, window) =>
      Array.from({ length: size[axis] }, (_unused, tap) => ({ tap, pixel: window * stride + tap * dilations[axis] - before })).filter(({ pixel }) => pixel >= 0 && pixel < length),
    )
  }
  const [rows, columns] = [along(0), along(1)]
  const covered = rows.flatMap((down) =>
    columns.map((across) => down.flatMap((row) => across.map((column): Covered => ({ tap: [row.tap, column.tap], pixel: [row.pixel, column.pixel] })))),
  )
  return { grid: [rows.length, columns.length], covered }
}
