import { resolve } from 'node:path'
import { evaluationOf } from './parts.js'

/** The part that LENS_PART names, of the models in LENS_MODELS, with the data in LENS_DATA, in small where LENS_QUICK is set: what paper.ts sets. */
export default evaluationOf(process.env.LENS_PART ?? '', resolve(process.env.LENS_DATA ?? 'data'), (process.env.LENS_MODELS ?? '').split(','), process.env.LENS_QUICK !== undefined)
