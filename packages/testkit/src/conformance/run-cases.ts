import { Engine, flattenNested, isUserError, messageOf, ReferenceParams, rowsOf, sizeOf, UserError, type Answer, type BackendChoice, type Host, type ReferenceMethod, type ReferenceProblem, type Rows, type Scope } from '@touchstone/core'
import { createNetwork, explainByTensors, type Network } from '@touchstone/network'
import { openEngine } from '@touchstone/tensor'
import type { CaseFile, ReferenceCase } from './case-file.js'
import { graphOfCase } from './case-graph.js'
import { explainOneByOne, explainTogether } from './problem.js'

/** What became of a reference case. */
export interface CaseOutcome {
  readonly id: string
  readonly method: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** How far off it was, or why it could not be asked. */
  readonly detail: string
}

/**
 * Asks the reference methods of the loaded plugins every case, and holds their answers against those expected. A case whose method no plugin answers
 * is skipped. `forward`, the network's own outputs, is answered here.
 *
 * @param backend what computes; the fastest of the loaded plugins that starts unless told.
 */
export async function* runCases(file: CaseFile, host: Host, backend: BackendChoice = 'auto'): AsyncGenerator<CaseOutcome> {
  await using scope = host.open([], backend)
  // Without a plugin that brings backends, TensorFlow.js's own.
  if ((await scope.find(Engine)) === undefined) await openEngine()
  for (const one of file.cases) {
    const { id, method } = one
    try {
      const known = await methodOf(method, host, scope)
      if (!known) {
        yield { id, method, outcome: 'skipped', detail: `no installed plugin answers "${method}"` }
        continue
      }
      const params = new ReferenceParams(one.params ?? {})
      const answer = known.about === 'params' ? known.answer(params) : await withProblem(one, file, params, host, scope, (problem) => known.answer(problem))
      const unread = params.unread()
      const fault = unread.length > 0 ? `its parameter ${unread.join(', ')} is not understood` : differenceFault(answer, one)
      yield { id, method, outcome: fault === undefined ? 'passed' : 'failed', detail: fault ?? '' }
    } catch (error) {
      // A fault in one method must not hide the answers of all others.
      yield { id, method, outcome: 'failed', detail: isUserError(error) ? messageOf(error) : `a fault of Touchstone or of a plugin: ${messageOf(error)}` }
    }
  }
}

const forward: ReferenceMethod = { about: 'model', answer: (problem) => explainByTensors(problem, (network, x) => [network.logits(x)]) }

async function methodOf(method: string, host: Host, scope: Scope): Promise<ReferenceMethod | undefined> {
  if (method === 'forward') return forward
  const name = method.replaceAll('_', '-')
  const resolved = host.registry.extension('reference-method', name) && host.resolver().resolve('reference-method', name, [])
  return resolved && scope.create({ ...resolved, kind: 'reference-method' })
}

async function withProblem(one: ReferenceCase, { models }: CaseFile, params: ReferenceParams, host: Host, scope: Scope, use: (problem: ReferenceProblem) => Promise<Answer>): Promise<Answer> {
  const model = one.model !== undefined && Object.hasOwn(models, one.model) ? models[one.model] : undefined
  if (!model) throw new UserError(one.model === undefined ? 'it names no model' : `its model "${one.model}" is not in the file`)
  const inputs = (one.inputs ?? []).map((values, index) => rowsOf(values, `inputs[${index}]`))
  const network = createNetwork(graphOfCase(model, inputs.map(({ shape }) => shape.slice(1))))
  try {
    const names = network.graph.inputs
    if (names.length !== inputs.length) throw new UserError(`the output depends on ${names.length} inputs (${names.join(', ')}), not on all ${inputs.length} that the case gives`)
    const rows = inputs[0]!.shape[0] ?? 0
    const question = { network, inputs, targets: targetsOf(one.target, rows, network) }
    const problem = (about: ReferenceParams, x: readonly Rows[]): ReferenceProblem => ({
      ...question,
      inputs: x,
      params: about,
      together: (attributerOf) => explainTogether({ ...question, inputs: x }, attributerOf),
      oneByOne: (attributerOf) => explainOneByOne({ ...question, inputs: x }, attributerOf),
      ask: async (method, values, others) => {
        const asked = await methodOf(method, host, scope)
        if (asked?.about !== 'model') throw new UserError(`no installed plugin answers "${method}", whose maps it judges`)
        return asked.answer(problem(new ReferenceParams((values ?? {}) as Record<string, unknown>), others))
      },
    })
    return await use(problem(params, inputs))
  } finally {
    network.dispose()
  }
}

function targetsOf(target: ReferenceCase['target'], rows: number, { outputShape }: Network): readonly number[] | null {
  if (target === undefined || target === null) return null
  const targets = typeof target === 'number' ? new Array<number>(rows).fill(target) : target
  if (targets.length !== rows) throw new UserError(`its target should be one index, or one for each of ${rows} rows, found ${targets.length}`)
  const count = sizeOf(outputShape)
  const outside = targets.find((one) => !Number.isInteger(one) || one < 0 || one >= count)
  if (outside !== undefined) throw new UserError(`its target ${outside} does not exist: the model has outputs 0 to ${count - 1}`)
  return targets
}

/** How the answer differs from what is expected, beyond the tolerance; undefined where it does not. */
function differenceFault(answer: Answer, { expected, tolerance: { mode, delta } }: ReferenceCase): string | undefined {
  if (answer.length !== expected.length) return `expected ${expected.length} arrays, found ${answer.length}`
  const wanted = expected.map(flattenNested)
  const lengths = wanted.findIndex(({ length }, index) => length !== answer[index]!.length)
  if (lengths >= 0) return `expected ${wanted[lengths]!.length} numbers in array ${lengths}, found ${answer[lengths]!.length}`
  const differences = wanted.flatMap((numbers, index) => numbers.map((number, i) => Math.abs(number - answer[index]![i]!)))
  const total = mode === 'sum' ? differences.reduce((a, b) => a + b, 0) : differences.reduce((a, b) => (b <= a ? a : b), 0)
  if (total <= delta) return undefined
  const found = answer.map((values) => `[${Array.from(values).slice(0, 12).map((value) => Number(value.toPrecision(7))).join(', ')}${values.length > 12 ? ', ...' : ''}]`).join(', ')
  return `${mode === 'sum' ? 'its differences add up to' : 'its largest difference is'} ${total.toPrecision(4)}, allowed are ${delta}; found ${found}`
}
