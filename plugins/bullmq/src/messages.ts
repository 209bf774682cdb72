import { UserError } from '@touchstone/core'
import * as z from 'zod/mini'

/** Redis is reached by many: what comes out of it is checked before it is used, and no longer than it needs to be. */
const text = z.string().check(z.maxLength(1000))
const count = z.int().check(z.gte(0))
const orderHash = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const jobId = z.string().check(z.regex(/^[0-9a-f]{40}$/))

const task = z.strictObject({
  /** The hash of the order whose work it is. */
  order: orderHash,
  /** Seconds after which what hangs is ended. */
  unitTimeout: z.exactOptional(z.number().check(z.gt(0))),
  job: z.strictObject({
    id: jobId,
    model: text,
    examples: z.array(z.strictObject({ index: count, id: text, target: count, shown: z.exactOptional(z.boolean()) })).check(z.minLength(1), z.maxLength(100_000)),
  }),
})

const progress = z.array(z.strictObject({ kind: z.enum(['map', 'samples', 'shared', 'score']), model: text, example: text, attributer: z.exactOptional(text), metric: z.exactOptional(text) }))

const amount = z.number().check(z.gte(0))
const seconds = z.strictObject({ total: amount, predict: amount, maps: z.record(text, amount) })

const sentence = z.string().check(z.maxLength(100_000))
const fault = z.strictObject({
  extension: sentence,
  reason: sentence,
  units: z.readonly(z.array(z.strictObject({ kind: z.enum(['map', 'score']), example: text, attributer: text, metric: z.exactOptional(text) }))),
})

const answer = z.union([
  z.strictObject({ report: z.strictObject({ job: jobId, model: text, rowsRun: amount, units: z.strictObject({ kept: count, computed: count }), seconds: z.exactOptional(seconds), faults: z.exactOptional(z.readonly(z.array(fault))) }) }),
  z.strictObject({ failure: z.strictObject({ kind: z.enum(['stopped', 'user', 'fault']), message: z.string().check(z.maxLength(100_000)), worker: z.exactOptional(text) }) }),
])

const stopping = z.array(z.string().check(z.maxLength(200)))

/** What a worker is asked for: a job, by the hash of what it needs to do it. No arrays of numbers, which go through the store. */
export type Task = z.infer<typeof task>
/** What a job has computed since the last time. */
export type Done = z.infer<typeof progress>
/** How a job ended, and on which worker where it failed. */
export type Answer = z.infer<typeof answer>

/** Each of them @throws UserError for what is not of its form. */
export const parseTask = (value: unknown): Task => parse('a job', task, value)
export const parseDone = (value: unknown): Done => parse('the progress of a job', progress, value)
export const parseAnswer = (value: unknown): Answer => parse('the answer to a job', answer, value)
export const parseStopping = (value: unknown): readonly string[] => parse('a list of jobs to stop', stopping, value)

function parse<T>(what: string, schema: z.ZodMiniType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value)
  if (error === undefined) return data
  const [{ path, message } = { path: [], message: '' }] = error.issues
  throw new UserError(`expected ${what} from Redis, found something else (${[...path.map(String), message].join(': ')}): use the same version of @touchstone/bullmq on all machines, and a queue of your own`)
}
