import { comparisons, methods, samplers, scores } from './catalogue.js'

const backends = ['wasm', 'webgl', 'webgpu', 'cpu'] as const
export type Backend = (typeof backends)[number]

/** All that can be chosen: what a shared address holds. */
export interface Setting {
  readonly backend: Backend
  /** `well`, `bad`, `files`, or the address of a model.json. */
  readonly model: string
  /** The low and high end of the model's input values. */
  readonly range: readonly [number, number]
  /** A shipped digit, or what was drawn: 28 x 28 bytes. `null` for an own picture, which no address can hold. */
  readonly input: number | Uint8Array | null
  readonly methods: readonly string[]
  readonly sampler: string
  readonly reach: number
  readonly count: number
  readonly comparisons: readonly string[]
  readonly scores: readonly string[]
  readonly k: number
  readonly w: number
}

export const ranges = [[0, 1], [-1, 1], [0, 255]] as const

export const start: Setting = {
  backend: 'wasm',
  model: 'well',
  range: [0, 1],
  input: 7,
  methods: ['saliency', 'ixg', 'ig', 'smooth', 'lrp'],
  sampler: 'level',
  reach: samplers.level!.reach.start,
  count: 16,
  comparisons: ['osr', 'topk', 'recall', 'spearman'],
  scores: ['insertion'],
  k: 60,
  w: 1,
}

/** The setting as the part of an address after #. Reads back as it is, but for an own picture. */
export function toAddress(setting: Setting): string {
  const { input, range } = setting
  const fields = new URLSearchParams({
    backend: setting.backend,
    model: setting.model,
    range: range.join(' '),
    ...(typeof input === 'number' && { digit: String(input) }),
    ...(input instanceof Uint8Array && { drawn: pack(input) }),
    methods: setting.methods.join(' '),
    sampler: setting.sampler,
    reach: String(setting.reach),
    count: String(setting.count),
    comparisons: setting.comparisons.join(' '),
    scores: setting.scores.join(' '),
    k: String(setting.k),
    w: String(setting.w),
  })
  return fields.toString()
}

/** The setting of an address; what is missing or means nothing is as at the start. */
export function fromAddress(address: string): Setting {
  const fields = new URLSearchParams(address)
  const oneOf = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T => allowed.find((value) => value === fields.get(name)) ?? otherwise
  const known = (name: string, catalogue: object, otherwise: readonly string[]): readonly string[] => (fields.has(name) ? fields.get(name)!.split(' ').filter((word) => Object.hasOwn(catalogue, word)) : otherwise)
  const number = (name: string, low: number, high: number, otherwise: number, whole = true): number => {
    const value = Number(fields.get(name) ?? Number.NaN)
    return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : otherwise
  }
  const sampler = oneOf('sampler', Object.keys(samplers), start.sampler)
  const { reach, most } = samplers[sampler]!
  const model = fields.get('model') ?? start.model
  const drawn = unpack(fields.get('drawn'))
  return {
    backend: oneOf('backend', backends, start.backend),
    model: ['well', 'bad', 'files'].includes(model) || /^https?:\/\//.test(model) ? model : start.model,
    range: ranges.find((range) => range.join(' ') === fields.get('range')) ?? start.range,
    input: drawn ?? number('digit', 0, 9, start.input as number),
    methods: known('methods', methods, start.methods),
    sampler,
    reach: number('reach', reach.low, reach.high, reach.start, false),
    count: number('count', 1, most, Math.min(most, start.count)),
    comparisons: known('comparisons', comparisons, start.comparisons),
    scores: known('scores', scores, start.scores),
    k: number('k', 1, 784, start.k),
    w: number('w', 0, 6, start.w),
  }
}

/** Bytes as text for an address: runs of equal bytes, since most of a drawing is black. */
function pack(bytes: Uint8Array): string {
  const runs: number[] = []
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1
    while (end < bytes.length && end - at < 255 && bytes[end] === bytes[at]) end++
    runs.push(bytes[at]!, end - at)
    at = end
  }
  return btoa(String.fromCharCode(...runs)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function unpack(text: string | null): Uint8Array | undefined {
  if (text === null || !/^[\w-]{1,4000}$/.test(text)) return undefined
  try {
    const runs = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes: number[] = []
    for (let at = 0; at + 1 < runs.length; at += 2) for (let times = 0; times < runs.charCodeAt(at + 1); times++) bytes.push(runs.charCodeAt(at))
    return bytes.length === 784 ? Uint8Array.from(bytes) : undefined
  } catch {
    return undefined
  }
}
