import { resolve } from 'node:path'
import { evaluationOf, type PartName } from './parts.js'

/** The part that OSR_PART names, with the data in OSR_DATA, in small where OSR_QUICK is set: what paper.ts sets. */
export default evaluationOf(process.env.OSR_PART as PartName, resolve(process.env.OSR_DATA ?? 'data'), process.env.OSR_QUICK !== undefined)
