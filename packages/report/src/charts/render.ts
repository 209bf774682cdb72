import { messageOf, UserError } from '@touchstone/core'
import type { ReportChart } from './chart.js'
import { chartConfig } from './theme.js'

type Compile = (specification: unknown, options: { readonly config: unknown; readonly logger: unknown }) => { readonly spec: unknown }
interface Vega {
  readonly parse: (specification: unknown) => unknown
  readonly View: new (runtime: unknown, options: unknown) => { readonly toSVG: () => Promise<string>; readonly finalize: () => void }
}

let loaded: Promise<readonly [Vega, Compile]> | undefined

/** Both come in when the first chart is drawn. */
function load(): Promise<readonly [Vega, Compile]> {
  loaded ??= Promise.all([import('vega') as unknown as Promise<Vega>, import('vega-lite') as unknown as Promise<{ readonly compile: Compile }>]).then(([vega, { compile }]) => [vega, compile])
  return loaded
}

/**
 * Draws a chart as SVG. Its colours may be names such as `var(--c0)`: the page defines them, `standAlone` writes them out.
 * @throws UserError where the specification cannot be drawn.
 */
export async function renderChart({ title, vegaLite }: Pick<ReportChart, 'title' | 'vegaLite'>): Promise<string> {
  const [{ parse, View }, compile] = await load()
  const faults: string[] = []
  const refuse = (fault: string): Promise<never> => {
    faults.push(fault)
    return Promise.reject(new Error(fault))
  }
  // A chart holds its data: nothing is loaded, and no mark is a link.
  const loader = { load: (uri: string) => refuse(`it asks for ${uri}, but a chart holds its data`), sanitize: (uri: string) => refuse(`it names ${uri}, but a chart holds its data and links to nothing`) }
  const logger = { level: () => logger, warn: () => logger, info: () => logger, debug: () => logger, error: (...messages: readonly unknown[]) => (faults.push(messages.map(messageOf).join(' ')), logger) }
  try {
    const view = new View(parse(compile(vegaLite, { config: chartConfig, logger }).spec), { renderer: 'none', loader, logger })
    const svg = await view.toSVG()
    view.finalize()
    if (faults.length > 0) throw new UserError(faults.join('; '))
    // The page says in words what is to be seen: a drawing is one picture, not a tree of marks.
    return svg.replace(/<[a-z][^>]*>/g, (tag) => tag.replace(/ (role|aria-[a-z]+)="[^"]*"/g, ''))
  } catch (error) {
    throw new UserError(`the chart "${title}" cannot be drawn: ${messageOf(error)}`, { cause: error })
  }
}
