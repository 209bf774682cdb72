import { resolve } from 'node:path'
import { trainingOf } from './recipes.js'

/** The recipe that ZOO_MODEL names, with the data in ZOO_DATA, computed by ZOO_BACKEND: what train.ts sets. */
export default trainingOf(process.env.ZOO_MODEL ?? '', resolve(process.env.ZOO_DATA ?? 'data'), process.env.ZOO_BACKEND)
