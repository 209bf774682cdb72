import { canonicalJson, hash, isFiniteArray, messageOf, UserError, type Model } from '@touchstone/core'
import { openGraphExecutor, tf } from '@touchstone/tensor'
import { GraphError } from './graph/graph-error.js'
import { inputsOf, parseTopology, rowShapeOf, type GraphDefNode } from './import/graph-def.js'
import { decodeWeights, outputOf } from './import/graph-model.js'
import { expectClasses } from './model-from-network.js'
import { opaqueModel } from './opaque-model.js'

/** Operations that give logits where a graph ends with them; of others it is not known. */
const linearOps = ['MatMul', 'BiasAdd', 'Add', 'AddV2']

/**
 * A tf.GraphModel with operations that no network can have, run by TensorFlow.js itself: it predicts, and that is all. A softmax at its end is left out.
 *
 * @throws UserError where TensorFlow.js cannot run it either, or it is no classifier that can be evaluated.
 */
export async function opaqueGraphModel(artifacts: tf.io.ModelArtifacts, networkMissing: string): Promise<Model> {
  const nodes = parseTopology(artifacts.modelTopology)
  const placeholders = [...nodes.values()].filter(({ op }) => op === 'Placeholder')
  if (placeholders.length !== 1) throw new UserError(`expected a model of one input, found ${placeholders.length}: ${placeholders.map(({ name }) => name).join(', ')}`)
  const [input] = placeholders as [GraphDefNode]
  const inputShape = rowShapeOf(input)
  const { name, outputs } = endOf(nodes, outputOf(nodes, artifacts))
  const fingerprint = await fingerprintOfArtifacts(artifacts, name)
  const executor = await openGraphExecutor(artifacts).catch(refuse(networkMissing))
  const run = (x: tf.Tensor): Promise<tf.Tensor> => executor.run({ [input.name]: x }, name)
  try {
    const classCount = await classesOf(run, inputShape, networkMissing)
    return opaqueModel({ inputShape, classCount, outputs, fingerprint, networkMissing, run, dispose: executor.dispose })
  } catch (error) {
    executor.dispose()
    throw error
  }
}

/** The node whose values are taken: the last but for a softmax. */
function endOf(nodes: ReadonlyMap<string, GraphDefNode>, output: string): { readonly name: string; readonly outputs: Model['outputs'] } {
  const node = nodes.get(output)
  const [before] = node ? inputsOf(node) : []
  if (node?.op === 'Identity' && before !== undefined) return endOf(nodes, before)
  if (node?.op === 'Softmax' && before !== undefined) return { name: before, outputs: 'logits' }
  const plain = node?.op === '_FusedMatMul' && (node.attr?.fused_ops?.list?.s ?? []).length < 2
  return { name: output, outputs: node && (plain || linearOps.includes(node.op)) ? 'logits' : 'probabilities' }
}

/** Turns TensorFlow.js's error into one that says how it came to that. */
const refuse = (networkMissing: string) => (error: unknown): never => {
  throw new UserError(`${networkMissing}, and TensorFlow.js cannot run it either: ${messageOf(error).split('\n')[0]!}`)
}

/** How many classes there are, by trying: a graph does not say. */
async function classesOf(run: (x: tf.Tensor) => Promise<tf.Tensor>, inputShape: readonly number[], networkMissing: string): Promise<number> {
  const x = tf.zeros([2, ...inputShape])
  try {
    const result = await run(x).catch(refuse(networkMissing))
    const { shape } = result
    result.dispose()
    if (shape[0] !== 2) throw new UserError(`expected a row of outputs for each row of inputs, found outputs of shape [${shape.join(', ')}] for 2 rows`)
    expectClasses(shape.slice(1))
    return shape[1]!
  } finally {
    x.dispose()
  }
}

async function fingerprintOfArtifacts(artifacts: tf.io.ModelArtifacts, output: string): Promise<string> {
  const weights = await decodeWeights(artifacts)
  for (const [name, { data }] of weights) if (!isFiniteArray(data)) throw new GraphError(`weight "${name}" holds values that are not finite numbers (NaN or infinite)`)
  return hash(canonicalJson({ topology: artifacts.modelTopology, output }), ...[...weights].flatMap(([name, { shape, data }]) => [`${name} ${shape.join()}`, data]))
}
