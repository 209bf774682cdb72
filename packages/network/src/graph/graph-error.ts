import { UserError } from '@touchstone/core'

/** What a user can still do with a model that predicts and has no network. */
export const stillWorks = 'methods that ask for outputs alone would work, such as occlusion'

/** A graph that cannot be run: names the layer, and what is wrong with it. */
export class GraphError extends UserError {}

/** A layer of a kind that the graph has no node for. The model may still predict: says what would work. */
export class UnsupportedLayerError extends GraphError {
  /** What is wrong, without what would work. */
  readonly problem: string

  constructor(problem: string) {
    super(`${problem}; ${stillWorks}`)
    this.problem = problem
  }
}
