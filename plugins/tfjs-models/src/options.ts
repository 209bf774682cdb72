import { option } from '@touchstone/core'
import * as z from 'zod/mini'

/** The options of models that are read from files. */
export const modelOptions = {
  path: option(z.string('expected the path or URL of a model.json or its folder').check(z.minLength(1, 'expected the path or URL of a model.json or its folder')), {
    summary: 'model.json or its folder: a path, relative to the config, or a URL',
  }),
  foldBatchNorm: option(z.boolean('expected true or false'), {
    summary: 'whether batch normalisations are folded into the layers before them: faster, equal up to rounding',
    default: false,
  }),
}
