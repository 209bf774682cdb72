import { UserError } from '@touchstone/core'

/** What a user can still do with a model whose layers cannot be read. */
export const stillWorks = 'methods that ask for outputs alone still work, such as occlusion'

/** A graph that cannot be run: names the layer, what is wrong with it, and what still works. */
export class GraphError extends UserError {
  /** What is wrong, without what still works. */
  readonly problem: string

  constructor(problem: string) {
    super(`${problem}; ${stillWorks}`)
    this.problem = problem
  }
}

/** A layer of a kind that the graph has no node for. The model may still predict. */
export class UnsupportedLayerError extends GraphError {}
