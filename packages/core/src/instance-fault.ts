import type { Kind } from './extension.js'

/** The method without which an instance of a kind is none; kinds of third parties are not known here. */
const methods: Readonly<Record<string, string>> = {
  model: 'predict',
  dataset: 'example',
  attributer: 'attribute',
  sampler: 'sample',
  comparison: 'compare',
  score: 'score',
  executor: 'execute',
  backend: 'start',
  storage: 'read',
  command: 'run',
  trainer: 'train',
  chart: 'draw',
}

/** What is wrong with something that should be an instance of `kind`; undefined where nothing is. */
export function instanceFault(kind: Kind, instance: unknown): string | undefined {
  if (typeof instance !== 'object' || instance === null) return `expected an object that keeps the contract of a ${kind}`
  const method = methods[kind]
  if (method === undefined || typeof (instance as Readonly<Record<string, unknown>>)[method] === 'function') return undefined
  return `expected an object that keeps the contract of a ${kind}, found one without ${method}()`
}
