import { join } from 'node:path'
import { readRun, writeInPlace } from '@touchstone/evaluation/node'
import { reportFigures } from '@touchstone/report'

/** Pixels of a PNG per CSS pixel: 288 dots per inch. */
const zoom = 3

/** Writes every figure of a run's report as SVG and PNG. @returns how many. */
export async function writeFigures(runFolder: string, folder: string): Promise<number> {
  const { Resvg } = await import('@resvg/resvg-js')
  let count = 0
  for await (const { name, svg } of reportFigures(await readRun(runFolder))) {
    await writeInPlace(join(folder, `${name}.svg`), svg)
    const png = new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, background: 'white', font: { defaultFontFamily: 'Liberation Sans' } }).render().asPng()
    await writeInPlace(join(folder, `${name}.png`), png)
    count++
  }
  return count
}
