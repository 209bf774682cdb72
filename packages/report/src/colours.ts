import { interpolateLab } from 'd3-interpolate'

export type Rgb = readonly [red: number, green: number, blue: number]

// Both ends have CIELAB lightness 38 and chroma 58, so that equal steps look equal on either arm; blue against red holds for colour-blind readers.
const below = interpolateLab('#f7f7f7', '#1c58b7')
const above = interpolateLab('#f7f7f7', '#a62636')

/** How many steps each arm of the scale has. */
export const arm = 127

/** What is drawn where a value is not finite: darker than either end. */
export const notFiniteColour: Rgb = [0, 0, 0]

/** From blue at -1 over near-white at 0 to red at 1, straight lines in CIELAB. Values outside are drawn as the ends. */
export function diverging(value: number): Rgb {
  const share = Math.min(1, Math.abs(value))
  const [red, green, blue] = (value < 0 ? below(share) : above(share)).match(/\d+/g)!.map(Number)
  return [red!, green!, blue!]
}

/** Every colour of a map: entry `arm + step` is the colour of `step / arm`; the last one stands for what is not finite. */
export const palette: readonly Rgb[] = [...Array.from({ length: 2 * arm + 1 }, (_, index) => diverging((index - arm) / arm)), notFiniteColour]

/** The scale as a CSS gradient, from -1 at the left to 1 at the right. */
export function gradient(stops = 33): string {
  const colours = Array.from({ length: stops }, (_, index) => `rgb(${diverging((2 * index) / (stops - 1) - 1).join(' ')})`)
  return `linear-gradient(to right, ${colours.join(', ')})`
}
