import { isNested, UserError, type Nested } from '@touchstone/core'
import * as z from 'zod/mini'

const numbers = z.custom<Nested>(isNested, 'expected a number, or arrays of numbers')
const target = z.union([z.number(), z.array(z.number()), z.null()], 'expected an index, a list of them, or null')

const node = z.looseObject({ id: z.string(), op: z.string(), in: z.array(z.string()) })

const caseModel = z.object({
  inputs: z.array(z.string()).check(z.minLength(1, 'expected at least one input')),
  nodes: z.array(node),
  output: z.string(),
})

const referenceCase = z.object({
  id: z.string(),
  method: z.string(),
  model: z.optional(z.string()),
  inputs: z.optional(z.array(numbers)),
  target: z.optional(target),
  params: z.optional(z.record(z.string(), z.unknown())),
  expected: z.array(numbers),
  tolerance: z.object({ mode: z.enum(['sum', 'max'], 'expected "sum" or "max"'), delta: z.number() }),
})

const caseFile = z.object({
  format: z.literal('attribution-cases/1', 'expected "attribution-cases/1"'),
  models: z.record(z.string(), caseModel),
  cases: z.array(referenceCase),
})

/** A node of a case's model, with the fields that its `op` has. */
export type CaseNode = z.infer<typeof node>
/** A model as a graph of nodes, from the inputs to the output. */
export type CaseModel = z.infer<typeof caseModel>
/** A question with its known answer. */
export type ReferenceCase = z.infer<typeof referenceCase>
/** Reference cases and their models. What stands beside them in a file, as sources and notes, is for people. */
export type CaseFile = z.infer<typeof caseFile>

/**
 * Reads reference cases from the text of a JSON file.
 * @param name of the file, for messages
 * @throws UserError where it is no JSON, or not in the format `attribution-cases/1`; it names the first place that is not.
 */
export function parseCases(text: string, name: string): CaseFile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new UserError(`${name}: it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { data, error } = caseFile.safeParse(json)
  if (data) return data
  const { path, message } = error.issues[0]!
  throw new UserError(`${name}: ${path.length > 0 ? `at ${path.join('.')}: ` : ''}${message}; reference cases are in the format attribution-cases/1`)
}
